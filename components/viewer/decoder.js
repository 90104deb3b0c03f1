// Answers are decoded, counted and searched for regions off the main thread where the browser
// allows a worker, else on it.

let answerWorker = null;
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
  return (await askWorker(request)) ?? runAnswer(request);
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

async function runAnswer({ mask, confidence, imageW, imageH, sizes }) {
  const decode = async (bytes, expected) => {
    const found = await decodeGrayPng(bytes);
    if (found.w !== expected.w || found.h !== expected.h)
      throw new Error(`it is ${found.w} × ${found.h} pixels where ${expected.w} × ${expected.h} were promised`);
    return found;
  };
  const ids = await decode(mask, sizes.mask);
  let sure = null;
  let doubt = "";
  if (confidence) {
    try {
      sure = await decode(confidence, sizes.confidence);
    } catch (error) {
      doubt = error.message;
    }
  }
  return { mask: ids, confidence: sure, table: tabulate(ids, sure, imageW, imageH), doubt };
}

function runRegions({ mask, cut, imageW, imageH, mostRuns }) {
  return { regions: findRegions(mask, cut, imageW, imageH, mostRuns) };
}

/** Answers null where no worker can be had; the caller then works by itself. */
function askWorker(request) {
  const worker = startAnswerWorker();
  if (!worker) return Promise.resolve(null);
  const job = ++lastJob;
  return new Promise((resolve, reject) => {
    waitingJobs.set(job, { resolve, reject });
    worker.postMessage({ job, ...request });
  });
}

function startAnswerWorker() {
  if (answerWorker || workersRefused) return answerWorker;
  const source = [
    ...[decodeGrayPng, readPngChunks, inflate, unfilterRows, tabulate, weighAxis, countRuns, countPairs],
    ...[countStretchedPairs, findRegions, cutPixels, joinRuns, measureRegions, runAnswer, runRegions, serveAnswers],
  ];
  try {
    const url = URL.createObjectURL(new Blob([`${source.join("\n")}\nserveAnswers();`], { type: "text/javascript" }));
    answerWorker = new Worker(url);
    answerWorker.onmessage = ({ data }) => {
      URL.revokeObjectURL(url);
      const waiting = waitingJobs.get(data.job);
      waitingJobs.delete(data.job);
      if (data.error === undefined) waiting?.resolve(data);
      else waiting?.reject(new Error(data.error));
    };
    // A content security policy refuses a worker through this event, not by throwing.
    answerWorker.onerror = (event) => {
      event.preventDefault();
      URL.revokeObjectURL(url);
      refuseWorkers();
    };
  } catch {
    refuseWorkers();
  }
  return answerWorker;
}

function refuseWorkers() {
  answerWorker?.terminate();
  answerWorker = null;
  workersRefused = true;
  for (const { resolve } of waitingJobs.values()) resolve(null);
  waitingJobs.clear();
}

/** The worker's own top level. */
function serveAnswers() {
  self.onmessage = async ({ data }) => {
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
