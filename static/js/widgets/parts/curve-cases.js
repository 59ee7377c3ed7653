// What may be wrong with a run, and what each recorded run has to say for its answer. Numbers come from the run itself.
import { lowest, rises, steepest, stopsAfter } from "../../arithmetic/curves.js";
import { percent as written } from "../../percent.js";

const PATIENCE = 5;
export const two = (value) => (value === null ? "no number" : value >= 1e4 ? value.toExponential(1).replace("e+", " · 10^") : String(Number(value.toPrecision(2))));
const percent = (share) => written(share, 0);
const last = (values) => values.at(-1);

/** The verdicts to choose from: [name, what the button says, what would be seen if it were so]. */
export const VERDICTS = [
  ["well", "Nothing is wrong", "If nothing were wrong, both curves would have come down well and would stay together, near their lowest."],
  ["underfits", "It underfits", "If it underfitted, both curves would have levelled off high up and close together: the network cannot fit even its training images."],
  ["overfits", "It overfits", "If it overfitted, the validation loss would turn and rise while the training loss goes on falling."],
  ["diverges", "It diverges", "If it diverged, the loss would leap from power of ten to power of ten until it is no number any more."],
  ["too_high", "The learning rate is too high", "If the rate were too high, the training loss itself would jump back up, or leap about where it began."],
  ["too_low", "The learning rate is too low", "If the rate were too low, both curves would fall steadily, hardly leave the height at which they began, and still be falling at the end."],
  ["noise", "It is only noise", "If it were only noise, the validation curve would jump up and down, about a trend that is sound."],
  ["harder", "Training is only made harder", "If training were only made harder, by augmentation or dropout, the training loss would lie above the validation loss all the way, and both would do well."],
];

/** The runs in the order in which they are asked: the name in curves.json, the verdict, and what is said afterwards. */
export const CASES = [
  {
    run: "overfits",
    verdict: "overfits",
    mark: ({ validation_loss: losses }) => ({ place: lowest(losses), text: "lowest validation loss" }),
    tell(run) {
      const { validation_loss: losses, train_loss: train } = run;
      const best = lowest(losses);
      return [
        `The validation loss is lowest after epoch ${best + 1}, at ${two(losses[best])}, and rises to ${two(last(losses))}. The training loss goes on falling, to ${two(last(train))}. From there on the network learns its ${run.images} training images by heart.`,
        `What to do: more images, augmentation, dropout, weight decay; or stop. With a patience of ${PATIENCE} epochs, training would have ended after epoch ${stopsAfter(losses, PATIENCE) + 1}.`,
      ];
    },
  },
  {
    run: "healthy",
    verdict: "well",
    tell: ({ validation_loss: losses, train_loss: train, validation_metric: right }) => [
      `Both losses came down, to ${two(last(train))} in training and ${two(last(losses))} in validation, and ${percent(last(right))} of the validation images are right. A gap between the two is usual: the network has seen one kind of image and not the other. It becomes overfitting when the validation loss turns.`,
      "What to do: nothing. Or train a little longer, and see whether it still falls.",
    ],
  },
  {
    run: "diverges",
    verdict: "diverges",
    tell: ({ steps }) => [
      `It began at ${two(steps[0])}, and after ${steps.length - 1} steps stood at ${two(steps.at(-2))}; the next loss was no number any more (NaN). Each step overshot, so the next gradient was larger, and the next step longer still.`,
      "What to do: divide the learning rate by ten and start again. Nothing of this network can be saved.",
    ],
  },
  {
    run: "underfits",
    verdict: "underfits",
    tell: ({ train_loss: train, validation_loss: losses, train_metric: right }) => [
      `Both losses have levelled off close together, at ${two(last(train))} and ${two(last(losses))}, and even of the training images only ${percent(last(right))} are right. Its hidden layer has two neurons: all that it knows of a digit has to pass through two numbers. It does not lack images, it lacks room.`,
      "What to do: a larger network, less weight decay or dropout, or a longer run. More images would not help.",
    ],
  },
  {
    run: "too_low",
    verdict: "too_low",
    tell: ({ train_loss: train }) => [
      `In ${train.length} epochs the training loss went from ${train[0].toFixed(3)} to ${last(train).toFixed(3)}, falling in ${train.length - 1 - rises(train)} of ${train.length - 1} epochs. That is no plateau. It moves in the right direction, only too slowly. (Is the chart's scale deceiving you? Look at the numbers.)`,
      "What to do: three to ten times the learning rate.",
    ],
  },
  {
    run: "altered",
    verdict: "harder",
    tell: ({ train_loss: train, validation_loss: losses, train_metric: right, validation_metric: judged }) => [
      `The training loss lies above the validation loss, ${two(last(train))} against ${two(last(losses))}, and the accuracy says the same: ${percent(last(right))} against ${percent(last(judged))}. The training images are turned, moved and slanted anew each time; the validation images are left as they are, so they are easier. Also, the training loss is an average over the epoch, while the network was still improving.`,
      "What to do: nothing. If you must know, measure the training images once more, unaltered and in eval mode.",
    ],
  },
  {
    run: "too_high",
    verdict: "too_high",
    tell({ train_loss: train }) {
      const back = steepest(train);
      return [
        `In epoch ${back + 1} the training loss was thrown back from ${two(train[back - 1])} to ${two(train[back])}, to where it began, and it stays there, at ${two(last(train))}: the height of guessing among ten classes. One step too long has thrown the weights to a place from which no slope leads back. Noise lives in the validation curve; when the training loss is thrown back, the steps are too long.`,
        "What to do: a third of the learning rate, or a warm-up.",
      ];
    },
  },
  {
    run: "restless",
    verdict: "noise",
    smooth: true,
    tell: ({ train_loss: train, validation_loss: losses }) => [
      `The training loss falls in ${train.length - 1 - rises(train)} of ${train.length - 1} epochs. The validation loss goes up ${rises(losses)} times, and is lower at the end than it began; its trend (the thin line) falls on the whole. The weights still move far in each step, and what this network remembers of its batches lags behind (the lesson on batch norm tells you what).`,
      "What to do: judge by the trend, not by the last point. A schedule that lowers the learning rate calms the end.",
    ],
  },
];
