// What an exercise says of a run, and what it keeps of the learner's code. Pure.

/** The one sentence about a run, as `python.run` resolves it. */
export function summary(outcome) {
  if (outcome.stopped) return `Stopped after ${outcome.stopped} seconds: the code was still running. Look for a loop that never ends. What you typed is kept.`;
  if (outcome.failed) return `Python itself gave up: ${outcome.failed}. What you typed is kept, and the next run starts anew.`;
  const { error, tests } = outcome.done;
  if (error) return error;
  const passed = tests.filter((test) => test.passed).length;
  return passed === tests.length ? `All ${passed} tests pass.` : `${passed} of ${tests.length} tests pass.`;
}

/** What a screen reader hears: the sentence, and of a failure the first reason. */
export function spoken(outcome) {
  const wrong = outcome.done?.tests.find((test) => !test.passed);
  return wrong ? `${summary(outcome)} ${wrong.text}` : summary(outcome);
}

/** Whether a run was right in every test. */
export const isRight = (outcome) => Boolean(outcome.done && !outcome.done.error && outcome.done.tests.every((test) => test.passed));

/** What a learner has typed, kept in this browser. Storage may be forbidden or full; the page then simply forgets. */
export class KeptCode {
  constructor(storage, key) {
    this.storage = storage;
    this.key = `exercise:${key}`;
  }

  /** The kept code, or null when there is none. */
  read() {
    try {
      return this.storage().getItem(this.key);
    } catch {
      return null;
    }
  }

  /** Keep code, or nothing where it is what everyone starts from. */
  write(code, start) {
    try {
      if (code === start) this.storage().removeItem(this.key);
      else this.storage().setItem(this.key, code);
    } catch {
      // the editor still holds it
    }
  }
}
