// Answers are decoded, counted and searched for regions off the main thread where the browser
// allows a worker, else on it.

// The second decodes the confidence mask while the first decodes the mask.
const answerWorkers = [];
let workersRefused = false;
let lastJob = 0;
const waitingJobs = new Map();

/**
 * Decodes an answer and counts it under an image's floor mapping.
 *
 * @param {{mask: Uint8Array, confidence: Uint8Array|null}} bytes stay usable: the worker gets copies.
 * @param {object} header says which sizes to expect.
 * @returns {Promise<{mask: object, confidence: object|null, table: Float64Array,
 *   doubt: string}>} mask and confidence as {w, h, pixels}; `doubt` says why a confidence mask that
 *   came could not be read, "" where it could or none came.
 */
async function decodeAnswer(bytes, header) {
  const { mask, confidence, image } = header;
  const request = {
    kind: "answer",
    mask: bytes.mask.slice(),
    confidence: bytes.confidence?.slice() ?? null,
    imageW: image.w,
    imageH: image.h,
    sizes: { mask, confidence },
  };
  const [first, second] = startAnswerWorkers();
  if (!first) return runAnswer(request);
  let asked;
  if (confidence) {
    const { port1, port2 } = new MessageChannel();
    second.postMessage({ kind: "gray", bytes: request.confidence, expected: confidence, port: port2 }, [port2]);
    asked = askWorker({ ...request, confidence: null, port: port1 }, [port1]);
  } else {
    asked = askWorker(request);
  }
  return (await asked) ?? runAnswer(request);
}

/**
 * Finds the regions of an answer, cut at a level.
 *
 * @param {{mask: object, confidence: object|null}} answer from `decodeAnswer`.
 * @param {{level: number, to: number}|null} cut null takes the mask as it is.
 * @returns {Promise<object|null>} as `findRegions`.
 */
async function searchRegions(answer, cut, image) {
  const request = {
    kind: "regions",
    mask: answer.mask,
    cut: cut && answer.confidence ? { ...cut, ...answer.confidence } : null,
    imageW: image.w,
    imageH: image.h,
    mostRuns: MOST_RUNS,
  };
  return ((await askWorker(request)) ?? runRegions(request)).regions;
}

/** @throws {Error} also where it has another size than was promised. */
async function decodeExpected(bytes, expected) {
  const found = await decodeGrayPng(bytes);
  if (found.w !== expected.w || found.h !== expected.h)
    throw new Error(`it is ${found.w} × ${found.h} pixels where ${expected.w} × ${expected.h} were promised`);
  return found;
}

/** The confidence mask is decoded here, or by another worker that hands it on through a port. */
async function runAnswer({ mask, confidence, port, imageW, imageH, sizes }) {
  let other = null;
  if (port) other = new Promise((resolve) => (port.onmessage = ({ data }) => resolve(data)));
  else if (confidence) other = decodeExpected(confidence, sizes.confidence).catch((error) => ({ doubt: error.message }));
  const ids = await decodeExpected(mask, sizes.mask);
  const found = await other;
  port?.close();
  const doubt = found?.doubt ?? "";
  const sure = found && !doubt ? found : null;
  return { mask: ids, confidence: sure, table: tabulate(ids, sure, imageW, imageH), doubt };
}

function runRegions({ mask, cut, imageW, imageH, mostRuns }) {
  return { regions: findRegions(mask, cut, imageW, imageH, mostRuns) };
}

/** Answers null where no worker can be had; the caller then works by itself. */
function askWorker(request, transferred = []) {
  const [worker] = startAnswerWorkers();
  if (!worker) return Promise.resolve(null);
  const job = ++lastJob;
  return new Promise((resolve, reject) => {
    waitingJobs.set(job, { resolve, reject });
    worker.postMessage({ job, ...request }, transferred);
  });
}

function startAnswerWorkers() {
  if (answerWorkers.length || workersRefused) return answerWorkers;
  const source = [
    ...[decodeGrayPng, readPngChunks, inflate, unfilterRows, tabulate, weighAxis, countRuns, countPairs],
    ...[countStretchedPairs, findRegions, cutPixels, joinRuns, measureRegions, decodeExpected, runAnswer],
    ...[runRegions, serveGray, serveAnswers],
  ];
  const url = URL.createObjectURL(new Blob([`${source.join("\n")}\nserveAnswers();`], { type: "text/javascript" }));
  try {
    for (const worker of [new Worker(url), new Worker(url)]) {
      worker.onmessage = ({ data }) => {
        const waiting = waitingJobs.get(data.job);
        waitingJobs.delete(data.job);
        if (data.error === undefined) waiting?.resolve(data);
        else waiting?.reject(new Error(data.error));
      };
      // A content security policy refuses a worker through this event, not by throwing.
      worker.onerror = (event) => {
        event.preventDefault();
        refuseWorkers();
      };
      answerWorkers.push(worker);
    }
  } catch {
    refuseWorkers();
  }
  return answerWorkers;
}

function refuseWorkers() {
  for (const worker of answerWorkers) worker.terminate();
  answerWorkers.length = 0;
  workersRefused = true;
  for (const { resolve } of waitingJobs.values()) resolve(null);
  waitingJobs.clear();
}

/** Decodes one gray picture for the worker at the other end of a port. */
async function serveGray({ bytes, expected, port }) {
  try {
    const found = await decodeExpected(bytes, expected);
    port.postMessage(found, [found.pixels.buffer]);
  } catch (error) {
    port.postMessage({ doubt: error.message });
  }
}

/** The worker's own top level. */
function serveAnswers() {
  self.onmessage = async ({ data }) => {
    if (data.kind === "gray") return serveGray(data);
    try {
      const answer = data.kind === "answer" ? await runAnswer(data) : runRegions(data);
      const arrays = Object.values(answer.regions ?? answer).map((part) => part?.pixels ?? part);
      const buffers = arrays.filter(ArrayBuffer.isView).map((array) => array.buffer);
      self.postMessage({ job: data.job, ...answer }, buffers);
    } catch (error) {
      self.postMessage({ job: data.job, error: error.message });
    }
  };
}

/** A promise that never fails: it gives {value} or {error}. */
function settle(promise) {
  return promise.then(
    (value) => ({ value }),
    (error) => ({ error }),
  );
}
