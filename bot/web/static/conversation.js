"use strict";
// Adds to a conversation's page: what the parent writes appears within seconds, and a reply is counted while it is typed.
// When the line drops, the page says so; nothing that somebody is typing is ever thrown away.
(() => {
  const thread = document.getElementById("thread");
  const head = document.getElementById("who-has-it");
  const line = document.getElementById("thread-not-live");
  const EVERY = 4000;
  const PATIENCE = 10000;

  // Only what is new or changed: a screen reader reads out what is put in, and should not read all of it again.
  const show = (html) => {
    const fresh = document.createElement("ol");
    fresh.innerHTML = html;
    const items = [...fresh.children];
    items.forEach((item, place) => {
      const old = thread.children[place];
      if (!old) thread.append(item);
      else if (old.outerHTML !== item.outerHTML) old.replaceWith(item);
    });
    [...thread.children].slice(items.length).forEach((old) => old.remove());
  };

  const ask = async () => {
    try {
      const answer = await fetch(`${thread.dataset.ask}?seen=${thread.dataset.seen}`, {
        headers: { Accept: "application/json" },
        redirect: "error",
        cache: "no-store",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const now = await answer.json();
      head.innerHTML = now.head;
      if (now.thread !== undefined) {
        show(now.thread);
        thread.dataset.seen = now.mark;
      }
      line.textContent = now.state === thread.dataset.state ? "" : line.dataset.changed;
    } catch {
      line.textContent = line.dataset.notLive;
    }
    setTimeout(ask, EVERY);
  };
  setTimeout(ask, EVERY);

  const text = document.getElementById("text");
  const parts = document.getElementById("parts");
  if (!text || !parts) return;
  for (const button of document.querySelectorAll(".without-script")) button.hidden = true;
  let pause;
  let asked = 0;

  const count = async () => {
    const mine = ++asked;
    const body = new URLSearchParams({ text: text.value, csrf_token: text.form.elements.csrf_token.value });
    try {
      const answer = await fetch(text.dataset.count, { method: "POST", body, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const { words, careful } = await answer.json();
      if (mine !== asked) return;
      parts.textContent = words;
      parts.classList.toggle("note--warn", careful);
      parts.hidden = !text.value.trim();
    } catch {
      // A length that may be wrong is worse than none.
      parts.hidden = true;
    }
  };
  text.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(count, 300);
  });
  // Typed before this script was there, or kept by the browser.
  if (text.value.trim()) count();
})();
