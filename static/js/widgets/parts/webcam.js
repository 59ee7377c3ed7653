// The reader's camera, frame by frame, in this page alone: nothing is kept and nothing is sent.

const WISHED = { video: { width: { ideal: 320 }, height: { ideal: 240 }, facingMode: "user" }, audio: false };
const WIDE = 320;
const REASONS = {
  NotAllowedError: "The browser was not allowed to use the camera. Allow it beside the address, then choose the webcam again.",
  NotFoundError: "No camera was found. A picture of your own works as well.",
  NotReadableError: "The camera is in use by another program.",
};

/** Start the camera. `frame({rgba, width, height})` hears each picture. Returns a function that stops it. Throws Error with a sentence. */
export async function startWebcam(frame) {
  if (!navigator.mediaDevices?.getUserMedia) throw new Error("A browser opens the camera on secure addresses only (https, or this machine itself). A picture of your own works everywhere.");
  const stream = await navigator.mediaDevices.getUserMedia(WISHED).catch((error) => { throw new Error(REASONS[error.name] ?? `The camera could not be opened (${error.name}).`); });
  const video = document.createElement("video");
  Object.assign(video, { muted: true, playsInline: true, srcObject: stream });
  let isRunning = true;
  const stop = () => {
    isRunning = false;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  await video.play();
  const next = () => (video.requestVideoFrameCallback ? video.requestVideoFrameCallback(draw) : requestAnimationFrame(draw));
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { willReadFrequently: true });

  function draw() {
    if (!isRunning) return;
    const share = Math.min(1, WIDE / video.videoWidth);
    const [width, height] = [Math.round(video.videoWidth * share), Math.round(video.videoHeight * share)];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.setTransform(-1, 0, 0, 1, width, 0); // as in a mirror
    context.drawImage(video, 0, 0, width, height);
    frame({ rgba: context.getImageData(0, 0, width, height).data, width, height });
    next();
  }
  next();
  return stop;
}
