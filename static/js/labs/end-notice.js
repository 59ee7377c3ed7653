// "Tell me when it ends": a notification of the browser, for a run that someone waits for in another window.

const canTell = () => "Notification" in window && Notification.permission !== "denied";

/** Tie a button that asks for leave; returns a function that tells the end to someone who looks elsewhere. */
export function tieNotice(button) {
  if (!button || !canTell()) return () => {};
  const show = () => {
    const isOn = Notification.permission === "granted";
    button.dataset.ready = "";
    button.setAttribute("aria-pressed", isOn);
    button.textContent = isOn ? button.dataset.on : button.dataset.off;
    button.disabled = isOn || Notification.permission === "denied";
  };
  button.addEventListener("click", async () => {
    await Notification.requestPermission();
    show();
  });
  show();
  return (title, body) => {
    button.hidden = true;
    if (Notification.permission === "granted" && !document.hasFocus()) new Notification(title, { body });
  };
}
