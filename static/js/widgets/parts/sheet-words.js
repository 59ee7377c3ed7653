// What the augmentation sheet says: names of subjects and changes, and whether a change leaves the label standing.

export const SUBJECTS = { two: "a 2", six: "a 6", arrow: "an arrow", flower: "a flower" };
export const CHANGES = {
  flip: "flip",
  crop: "padded crop",
  rotate: "rotation",
  colour: "colour jitter",
  resized_crop: "random resized crop",
  affine: "affine map",
  noise: "noise",
  cutout: "cutout",
  mixup: "mixup",
};
export const STRENGTHS = ["a little", "as usual", "too much"];
export const VERDICTS = { all: "in every one", some: "in some", none: "in none" };

/** For each change and strength: [in how many variants the label still holds, why]. A subject may have its own. */
const USUAL = {
  flip: [["all", "Left and right mean nothing here."], ["all", "Left and right mean nothing here."], ["all", "Left and right mean nothing here."]],
  crop: [["all", "It has moved by two pixels at most."], ["all", "It has moved by four pixels at most, and is still whole."], ["some", "It may move by half its side. In some, what the label names has left the image."]],
  rotate: [["all", "Nobody holds a pen, or a camera, more upright than that."], ["all", "A slant of 15 degrees is within what you meet."], ["all", "It may stand on its head, and it is still the same thing."]],
  colour: [["all", "The light of another hour of the day."], ["all", "Other light, another camera."], ["some", "Some are nearly black, white or in colours of another world. Where colour is the answer, nothing is left."]],
  resized_crop: [["all", "Nearly all of it is there."], ["all", "Half of it is enough to know what it is."], ["some", "Some cut-outs are so small that they show nothing of what the label names."]],
  affine: [["all", "Slightly turned, moved and slanted."], ["all", "As different hands would draw it."], ["some", "Some are slanted and moved until they are something else, or outside."]],
  noise: [["all", "You have to look twice to see it."], ["all", "Grainy, but plain."], ["some", "In some, the noise is stronger than what is below it."]],
  cutout: [["all", "A corner is covered. The rest is enough."], ["all", "The network must find a second sign of what it is."], ["some", "In some, the square covers all that counted."]],
  mixup: [["all", "Mostly itself. Its label is mixed in the same shares, so nothing false is taught."], ["all", "Two images at once, and a label that says so, in shares."], ["all", "Half of one and half of another. The label says exactly that, so it stays true; whether a network learns much from it is another question."]],
};

const OWN = {
  two: {
    flip: [["some", "A mirrored 2 is no 2. Those few teach the network something false."], ["some", "A mirrored 2 is no 2; it looks most like a 5, and both networks read it so. About half of these teach something false."], ["none", "None of these is a 2. Both networks say 5, and the label says 2: every one of them is a lie."]],
    rotate: [["all", "Nobody holds a pen more upright than that."], ["all", "A slant of 15 degrees is within what hands do."], ["some", "Lying on its side it is an N, or a Z; on its head it is a 2 again. Not all of these would be read as 2."]],
    colour: [["all", "A little lighter or darker, no more: ink has no colour."], ["all", "Ink of another pen."], ["some", "In some, the ink is almost gone."]],
  },
  six: {
    flip: [["some", "A mirrored 6 is no digit. Those few teach the network something false."], ["some", "A mirrored 6 is no digit. About half of these teach the network something false."], ["none", "None of these is a 6, and no digit at all."]],
    rotate: [["all", "Nobody holds a pen more upright than that."], ["all", "A slant of 15 degrees is within what hands do."], ["some", "Past a quarter turn it is a 9, and still labelled 6. The worst of all labels: a wrong one that looks right."]],
    colour: [["all", "A little lighter or darker, no more: ink has no colour."], ["all", "Ink of another pen."], ["some", "In some, the ink is almost gone."]],
  },
  arrow: {
    flip: [["all", "It is called “arrow” whichever way it points. Were it called “left”, half of a road sign’s meaning would be gone."], ["all", "It is called “arrow” whichever way it points. Were the class called “left”, half of these would be wrong."], ["all", "It is called “arrow” whichever way it points. Were the class called “left”, all of these would be wrong."]],
    affine: [["all", "Slightly turned, moved and slanted."], ["all", "An arrow each time."], ["all", "Cut, slanted and shrunk, but an arrow each time. Whether anyone will ever show the network such arrows is another question."]],
  },
  flower: {
    crop: [["all", "It has moved by two pixels at most."], ["all", "It has moved by four pixels at most."], ["all", "Some are cut, but a part of this flower is enough."]],
    affine: [["all", "Slightly turned, moved and slanted."], ["all", "As from another place in the garden."], ["all", "A flower each time. But no camera will ever show it so, and time spent on such images is lost."]],
    noise: [["all", "You have to look twice to see it."], ["all", "Grainy, but plain."], ["all", "A flower on a broken screen, and still a flower. Its petals are gone, though, and with them what tells kinds of flowers apart."]],
    cutout: [["all", "A corner is covered."], ["all", "A part is covered. The rest is enough."], ["all", "The square hides half of it at most."]],
  },
};

/** [in how many variants the label holds, why] for one row. */
export function verdictOf({ subject, change, strength }) {
  return (OWN[subject]?.[change] ?? USUAL[change])[strength];
}
