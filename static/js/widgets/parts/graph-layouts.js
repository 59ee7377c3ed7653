// Where the nodes of the graphs stand, on a wide figure and on a narrow one: {size, node, places, captions}.

const grid = (letter, places, { x, y, step }) => Object.fromEntries(places.map((place) => [letter + place, [x + (place[1] - 1) * step[0], y + (place[0] - 1) * step[1]]]));
const FOUR = ["11", "12", "21", "22"];
const NINE = ["11", "12", "13", "21", "22", "23", "31", "32", "33"];

const HIGH = 56; // room for a name, a value and a slope, one below the other

export const LAYOUTS = {
  unit: {
    wide: {
      node: [76, HIGH], size: [720, 366], captions: [],
      places: { w1: [50, 33], x1: [50, 97], w2: [50, 173], x2: [50, 237], b: [50, 332], p1: [210, 65], p2: [210, 205], z: [350, 205], a: [500, 205], t: [500, 300], L: [650, 205] },
    },
    narrow: {
      node: [58, HIGH], size: [320, 468], captions: [],
      places: { w1: [32, 34], x1: [96, 34], w2: [160, 34], x2: [224, 34], b: [288, 34], p1: [64, 134], p2: [170, 134], z: [160, 234], a: [160, 334], t: [264, 334], L: [160, 434] },
    },
  },
  filter: {
    wide: {
      node: [60, HIGH], size: [760, 356],
      captions: [["image x", 5, 14], ["filter w, bias b", 5, 222], ["sums z", 265, 78], ["after ReLU: a", 440, 78], ["mean m", 620, 78], ["t, and L = (m−t)²", 620, 208]],
      places: {
        ...grid("x", NINE, { x: 35, y: 52, step: [64, 60] }),
        ...grid("w", FOUR, { x: 35, y: 262, step: [64, 60] }), b: [163, 322],
        ...grid("z", FOUR, { x: 295, y: 116, step: [64, 60] }),
        ...grid("a", FOUR, { x: 470, y: 116, step: [64, 60] }),
        m: [650, 116], t: [650, 246], L: [650, 318],
      },
    },
    narrow: {
      node: [50, HIGH], size: [320, 462],
      captions: [["image x", 2, 14], ["filter w, bias b", 206, 14], ["sums z", 2, 230], ["after ReLU: a", 172, 230], ["mean m", 2, 386], ["target t", 132, 386], ["L = (m−t)²", 240, 386]],
      places: {
        ...grid("x", NINE, { x: 27, y: 52, step: [54, 60] }),
        ...grid("w", FOUR, { x: 233, y: 52, step: [54, 60] }), b: [233, 172],
        ...grid("z", FOUR, { x: 27, y: 268, step: [54, 60] }),
        ...grid("a", FOUR, { x: 198, y: 268, step: [54, 60] }),
        m: [27, 424], t: [157, 424], L: [267, 424],
      },
    },
  },
};
