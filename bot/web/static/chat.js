// Adds to the chat page: opens at the newest message, grows the text box, and looks for answers, and for whom to ring
// where nobody can be reached, while a person is there or waited for.
(function () {
  "use strict";

  var thread = document.getElementById("thread");
  var text = document.getElementById("text");
  var EVERY = 5000;

  document.documentElement.classList.add("with-script");

  function grow() {
    text.style.height = "auto";
    text.style.height = Math.min(text.scrollHeight + 4, 240) + "px";
  }
  text.addEventListener("input", grow);

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  function add(bubble) {
    var box = document.createElement("div");
    box.className = "bubble bubble--" + bubble.who;
    var from = document.createElement("span");
    from.className = "only-heard";
    from.textContent = thread.dataset["from" + bubble.who.charAt(0).toUpperCase() + bubble.who.slice(1)];
    box.appendChild(from);
    bubble.lines.forEach(function (line) {
      var words = document.createElement("p");
      words.lang = line[0];
      words.textContent = line[1];
      box.appendChild(words);
    });
    thread.appendChild(box);
    box.scrollIntoView({ block: "nearest" });
  }

  // While nobody can be reached the page says whom to ring: in the words, and with the links, of the page itself.
  function tell(unreached) {
    var there = document.getElementById("unreached");
    if (unreached === Boolean(there)) { return; }
    if (there) {
      there.remove();
      return;
    }
    fetch("/", { headers: { Accept: "text/html" }, cache: "no-store" })
      .then(function (answer) { return answer.text(); })
      .then(function (html) {
        var card = new DOMParser().parseFromString(html, "text/html").getElementById("unreached");
        if (!card || document.getElementById("unreached")) { return; }
        thread.after(card);
        card.scrollIntoView({ block: "nearest" });
      })
      .catch(function () {});
  }

  function look() {
    if (document.hidden) { return; }
    fetch("/", { headers: { Accept: "application/json" }, cache: "no-store" })
      .then(function (answer) { return answer.json(); })
      .then(function (chat) {
        // What stands half written is never thrown away: the page is made anew when it has been sent.
        if (chat.ended || (chat.person !== (thread.dataset.person === "yes") && !text.value)) {
          location.replace("/");
          return;
        }
        tell(chat.unreached);
        chat.bubbles.slice(thread.querySelectorAll(".bubble").length).forEach(add);
      })
      .catch(function () {});
  }
  if (thread && (thread.dataset.person === "yes" || thread.dataset.waits === "yes")) {
    setInterval(look, EVERY);
  }
})();
