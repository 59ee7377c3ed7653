// Python for the exercises of a page: one worker, loaded when first asked for, ended when code does not end by itself.
const ABOUT = document.querySelector('meta[name="exercise-python"]');
const LIMIT_SECONDS = 5;

class Python {
  #worker = null;
  #ready = null;
  #turn = Promise.resolve();

  /** Fetch Python unless it is there; rejects when it cannot be had. */
  load() {
    this.#ready ??= this.#start().catch((error) => {
      this.#end();
      throw error;
    });
    return this.#ready;
  }

  /**
   * Try code on an exercise. Resolves to {done: {error, tests}}, {stopped: seconds} when the time was over, or {failed: why}
   * when Python itself gave up; `printed(text)` hears what the code prints. Rejects when Python cannot be had.
   * Runs take turns, for several exercises share the worker.
   */
  run(code, exercise, printed) {
    const result = this.#turn.then(() => this.load()).then(() => this.#try(code, exercise, printed));
    this.#turn = result.catch(() => null);
    return result;
  }

  async #start() {
    this.#worker = new Worker(ABOUT.dataset.worker, { type: "module" });
    const { python, harness } = { python: new URL(ABOUT.content, location).href, harness: new URL(ABOUT.dataset.harness, location).href };
    const answer = await this.#ask({ load: { python, harness } });
    if (!answer.ready) throw new Error(answer.failed);
  }

  async #try(code, exercise, printed) {
    const answer = await this.#ask({ run: { code, exercise } }, { seconds: LIMIT_SECONDS, printed });
    if (!answer.done) this.#end();
    return answer;
  }

  /** Send one message and wait for its answer, at most so many seconds. */
  #ask(message, { seconds = 0, printed = null } = {}) {
    const worker = this.#worker;
    return new Promise((resolve) => {
      const over = seconds ? setTimeout(() => resolve({ stopped: seconds }), seconds * 1000) : 0;
      const answer = (found) => {
        clearTimeout(over);
        resolve(found);
      };
      worker.onmessage = ({ data }) => (data.printed === undefined ? answer(data) : printed?.(data.printed));
      worker.onerror = (event) => answer({ failed: event.message || "the script of Python's worker could not be fetched" });
      worker.postMessage(message);
    });
  }

  /** End the worker, whatever it is doing; the next run starts another. */
  #end() {
    this.#worker?.terminate();
    this.#worker = this.#ready = null;
  }
}

export const python = new Python();
