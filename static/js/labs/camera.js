// The camera of this device as square pictures, only while somebody asks for them. Nothing is sent from here.

const SIDE = 256;
const QUALITY = 0.92;

export class Camera {
  #stream = null;

  constructor(video) {
    this.video = video;
  }

  get isOn() {
    return this.#stream !== null;
  }

  /** Turn it on; rejects with the sentence that says why not. */
  async turnOn() {
    if (!navigator.mediaDevices) throw new Error("Cameras work on a secure address (https) or on this machine itself. Choose files in place of it.");
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 640 }, facingMode: { ideal: "environment" } }, audio: false });
    } catch (error) {
      throw new Error(why(error.name));
    }
    this.video.srcObject = this.#stream;
    await this.video.play();
  }

  turnOff() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.video.srcObject = null;
  }

  /** The middle square of what it sees now, as a JPEG. */
  async take() {
    const { videoWidth: width, videoHeight: height } = this.video;
    return square(this.video, { width, height });
  }
}

/** A file that a phone made large, as the middle square of it, small enough to send; null where this browser cannot read it. */
export async function shrunk(file) {
  try {
    const image = await createImageBitmap(file);
    const blob = await square(image, image);
    image.close();
    return blob;
  } catch {
    return null;
  }
}

function square(source, { width, height }) {
  const side = Math.min(width, height);
  if (!side) return Promise.resolve(null);
  const canvas = document.createElement("canvas");
  canvas.width = SIDE;
  canvas.height = SIDE;
  const pen = canvas.getContext("2d");
  // What is transparent turns white, as on the server.
  pen.fillStyle = "white";
  pen.fillRect(0, 0, SIDE, SIDE);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(source, (width - side) / 2, (height - side) / 2, side, side, 0, 0, SIDE, SIDE);
  return new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
}

function why(name) {
  if (name === "NotAllowedError") return "The browser keeps the camera from this page. Allow it beside the address, then press the button again.";
  if (name === "NotFoundError") return "This device has no camera. Choose files or a folder.";
  return "The camera did not start: another program may be using it. Close that, then press the button again.";
}
