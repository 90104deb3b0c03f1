// Masks are decoded off the main thread where the browser allows a worker, else on it.

let decoderWorker = null;
let decoderRefused = false;
let lastJob = 0;
const waitingJobs = new Map();

/**
 * Decodes a gray PNG and counts its values under an image's floor mapping.
 *
 * @param {Uint8Array} bytes stays usable: the worker gets a copy.
 * @param {{w: number, h: number}} expected the size the header promises.
 * @param {{w: number, h: number}} image
 * @returns {Promise<{w: number, h: number, pixels: Uint8Array, counts: Float64Array}>}
 */
async function decodeMask(bytes, expected, image) {
  const request = { bytes: bytes.slice(), imageW: image.w, imageH: image.h };
  const answer = (await askWorker(request)) ?? (await runDecoding(request));
  if (answer.w !== expected.w || answer.h !== expected.h)
    throw new Error(`it is ${answer.w} × ${answer.h} pixels where ${expected.w} × ${expected.h} were promised`);
  return answer;
}

async function runDecoding({ bytes, imageW, imageH }) {
  const { w, h, pixels } = await decodeGrayPng(bytes);
  return { w, h, pixels, counts: countIds(pixels, w, h, imageW, imageH) };
}

/** Answers null where no worker can be had; the caller then decodes by itself. */
function askWorker(request) {
  const worker = startDecoder();
  if (!worker) return Promise.resolve(null);
  const job = ++lastJob;
  return new Promise((resolve, reject) => {
    waitingJobs.set(job, { resolve, reject });
    worker.postMessage({ job, ...request });
  });
}

function startDecoder() {
  if (decoderWorker || decoderRefused) return decoderWorker;
  const parts = [decodeGrayPng, readPngChunks, inflate, unfilterRows, countIds, runDecoding, serveDecoding];
  const source = `${parts.map(String).join("\n")}\nserveDecoding();`;
  try {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    decoderWorker = new Worker(url);
    decoderWorker.onmessage = ({ data }) => {
      URL.revokeObjectURL(url);
      const waiting = waitingJobs.get(data.job);
      waitingJobs.delete(data.job);
      if (data.error === undefined) waiting?.resolve(data);
      else waiting?.reject(new Error(data.error));
    };
    // A content security policy refuses a worker through this event, not by throwing.
    decoderWorker.onerror = (event) => {
      event.preventDefault();
      URL.revokeObjectURL(url);
      refuseDecoder();
    };
  } catch {
    refuseDecoder();
  }
  return decoderWorker;
}

function refuseDecoder() {
  decoderWorker?.terminate();
  decoderWorker = null;
  decoderRefused = true;
  for (const { resolve } of waitingJobs.values()) resolve(null);
  waitingJobs.clear();
}

/** The worker's own top level. */
function serveDecoding() {
  self.onmessage = async ({ data }) => {
    try {
      const answer = await runDecoding(data);
      self.postMessage({ job: data.job, ...answer }, [answer.pixels.buffer]);
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
