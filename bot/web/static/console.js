"use strict";
// Asks every few seconds whether an alert waits, and renews what the page shows of it. The page is whole without this;
// when the line drops, it says so. The sound waits until somebody has touched the page: until then browsers forbid it.
(() => {
  const count = document.querySelector(".count");
  const line = document.getElementById("not-live");
  if (!count || !line) return;
  const title = document.title;
  const EVERY = 5000;
  const PATIENCE = 8000;
  const REMIND = 30000;
  const known = new Set(count.dataset.waiting.split(" ").filter(Boolean));
  const page = document.querySelector("[data-mark]");
  let mark = page ? page.dataset.mark : "";
  let arrived = false;
  let touched = false;
  let sounded = 0;

  const button = document.querySelector(".sound");
  const isOn = () => !/(?:^|; )helo_sound=off(?:;|$)/.test(document.cookie);
  const showSound = () => {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(isOn()));
    button.textContent = isOn() ? button.dataset.on : button.dataset.off;
  };
  if (button) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    button.addEventListener("click", () => {
      document.cookie = `helo_sound=${isOn() ? "off" : "on"}; Path=/staff; Max-Age=31536000; SameSite=Strict${secure}`;
      showSound();
    });
    showSound();
  }
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, () => { touched = true; }, { once: true });
  }
  const sound = () => {
    if (!button || !touched || !isOn() || Date.now() - sounded < REMIND) return;
    sounded = Date.now();
    new Audio(button.dataset.sound).play().catch(() => { sounded = 0; });
  };

  const renew = async () => {
    const headers = { "X-Requested-With": "fetch" };
    const answer = await fetch(location.href, { headers, redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    let whole = true;
    for (const part of document.querySelectorAll("[data-part]")) {
      const other = fresh.getElementById(part.id);
      // Nobody's half-written words are taken away from under their hands.
      const busy = part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
      if (!other || busy) whole = false;
      else part.replaceWith(document.importNode(other, true));
    }
    return whole;
  };

  const show = async ({ live, waiting, trouble, mark: now }) => {
    count.dataset.live = String(live);
    count.querySelector("[aria-hidden]").textContent = String(live);
    count.querySelector(".only-heard").textContent = `${count.dataset.words} ${live}`;
    document.title = waiting.length ? `(${waiting.length}) ${title}` : title;
    arrived = arrived || waiting.some((reference) => !known.has(reference));
    if (waiting.length) sound();
    for (const one of document.querySelectorAll("[data-trouble]")) one.hidden = !trouble.includes(one.dataset.trouble);
    let said = arrived ? line.dataset.new : "";
    if (page && now !== mark) {
      if (await renew()) mark = now;
      else said = line.dataset.changed;
    }
    line.textContent = said;
  };

  const ask = async () => {
    try {
      const address = page ? page.dataset.ask : count.dataset.ask;
      const headers = { Accept: "application/json" };
      const answer = await fetch(address, { headers, redirect: "error", signal: AbortSignal.timeout(PATIENCE) });
      if (answer.status === 401) {
        // Signed out by time: nobody should read on over an empty chair.
        location.reload();
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      await show(await answer.json());
    } catch {
      line.textContent = line.dataset.notLive;
    }
    setTimeout(ask, EVERY);
  };
  setTimeout(ask, EVERY);
})();
