// Keeps the part of a page that is marked with data-live="URL" as the server has it, without losing the focus.
"use strict";

const EVERY = 1000;
const part = document.querySelector("[data-live]");
let shown = "";

async function renew() {
  if (document.visibilityState !== "visible") {
    return;
  }
  const answer = await fetch(part.dataset.live, { credentials: "same-origin" });
  const text = answer.ok ? await answer.text() : shown;
  if (text !== shown) {
    const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
    part.innerHTML = text;
    shown = text;
    if (focused) {
      document.getElementById(focused)?.focus();
    }
  }
}

async function keepCurrent() {
  try {
    await renew();
  } catch {
    // The stand-in does not answer at the moment; the next time will do.
  }
  setTimeout(keepCurrent, EVERY);
}

if (part) {
  setTimeout(keepCurrent, EVERY);
}
