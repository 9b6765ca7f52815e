// Makes the console livelier; every page works without it.
"use strict";

const RUNNING = 2000; // milliseconds between two looks while a run is on, or may be about to begin
const IDLE = 15000; // and while none is
const WARNING = 300; // seconds before a visit ends
const TYPING = 400; // milliseconds without a key, after which what was typed is looked at

function show(panel, progress) {
  const bar = panel.querySelector("progress");
  panel.querySelector("#far").textContent = progress.text;
  if (progress.total) {
    bar.max = progress.total;
    bar.value = progress.done;
  }
  const spoken = panel.querySelector("[data-spoken]");
  if (spoken.textContent !== progress.spoken) {
    spoken.textContent = progress.spoken;
  }
  const lines = progress.accounts.map((text) => {
    const line = document.createElement("li");
    line.textContent = text;
    return line;
  });
  panel.querySelector(".lines").replaceChildren(...lines);
}

function isAnother(panel, progress) {
  return progress.run !== panel.dataset.run || progress.last !== panel.dataset.last;
}

// The page to go to, which tells what a run came to that has just ended.
function next(panel, progress) {
  const ended = progress && !progress.run ? panel.dataset.run || progress.last : "";
  const page = new URL(panel.dataset.page, location.href);
  if (ended) {
    page.searchParams.set("after", ended);
  }
  return page;
}

async function look(panel) {
  const answer = await fetch(panel.dataset.progress, { headers: { Accept: "application/json" } });
  const isOver = answer.status === 403; // the visit
  const progress = answer.ok ? await answer.json() : null;
  if (isOver || (progress && isAnother(panel, progress))) {
    location.assign(next(panel, progress));
    return false;
  }
  if (progress && progress.run) {
    show(panel, progress);
  }
  return true;
}

function follow(panel) {
  const isBusy = panel.dataset.run || "begun" in panel.dataset;
  const pause = isBusy ? RUNNING : IDLE;
  setTimeout(async () => {
    const goOn = document.hidden || (await look(panel).catch(() => true));
    if (goOn) {
      follow(panel);
    }
  }, pause);
}

function sendOnce(event) {
  const button = event.submitter || event.target.querySelector("button:not([disabled])");
  if (event.target.method === "post" && button) {
    // Not before the form has been read: the name of a button that is disabled would not be sent.
    setTimeout(() => {
      button.disabled = true;
      button.textContent = button.dataset.busy || button.textContent;
    });
  }
}

// A link to a text puts it into the clipboard; where that is not allowed, it leads to the text.
async function copy(event) {
  const link = event.target.closest("a[data-copy]");
  if (!link || !navigator.clipboard || !window.ClipboardItem) {
    return;
  }
  event.preventDefault();
  try {
    const text = fetch(link.href).then((answer) => (answer.ok ? answer.blob() : Promise.reject()));
    const blob = text.then((found) => new Blob([found], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    link.textContent = link.dataset.copy;
  } catch {
    location.assign(link.href);
  }
}

// Without a clipboard the buttons stay hidden: the words can be marked and copied by hand.
function offerToCopy() {
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      const done = await navigator.clipboard.writeText(button.dataset.copy).then(() => true, () => false);
      button.textContent = done ? "Copied" : "Not copied: the browser refused";
    });
  });
}

// Shows below a field what comes of what is typed in it. After SIMPLer could not be read, the questions say so,
// and it is not asked again.
async function lookAt(field) {
  const place = document.getElementById(field.getAttribute("aria-controls"));
  const url = new URL(field.dataset.typed, location.href);
  url.searchParams.set("template", field.value);
  if (place.querySelector("[data-unread]")) {
    url.searchParams.set("unread", "");
  }
  const answer = await fetch(url);
  if (!answer.ok) {
    return;
  }
  const part = await answer.text();
  place.replaceChildren(...new DOMParser().parseFromString(part, "text/html").body.children);
  field.setAttribute("aria-invalid", place.querySelector(".warn") !== null);
}

// One question at a time: the server would go on with one that is given up, and SIMPLer may take half a minute.
function followTyping(field) {
  let timer, shown;
  let isAsking = false;
  const ask = async () => {
    if (isAsking) {
      return;
    }
    isAsking = true;
    while (shown !== field.value) {
      shown = field.value;
      await lookAt(field).catch(() => {});
    }
    isAsking = false;
  };
  const typed = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, TYPING);
  };
  field.addEventListener("focus", typed, { once: true });
  field.addEventListener("input", typed);
}

// A tab stop is only needed where something scrolls.
function stopAtWhatScrolls() {
  document.querySelectorAll(".scroll").forEach((region) => {
    region.tabIndex = region.scrollWidth > region.clientWidth ? 0 : -1;
  });
}

function warn(notice) {
  const left = Number(notice.dataset.left) - WARNING;
  setTimeout(() => (notice.hidden = false), Math.max(left, 0) * 1000);
}

// On a phone the menu is wider than the screen.
document.querySelector(".menu [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
// A status that is there from the first is not read out, unless it has the focus.
document.querySelector("main [role=status]")?.focus();
offerToCopy();
stopAtWhatScrolls();
addEventListener("resize", stopAtWhatScrolls);
document.addEventListener("toggle", stopAtWhatScrolls, true);
document.addEventListener("submit", sendOnce);
document.addEventListener("click", copy);
document.querySelectorAll("[data-progress]").forEach(follow);
document.querySelectorAll("[data-left]").forEach(warn);
document.querySelectorAll("[data-typed]").forEach(followTyping);
