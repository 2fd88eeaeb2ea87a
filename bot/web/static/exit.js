// The quick way out. Without script the button is an ordinary form and does the same, only slower.
(function () {
  "use strict";

  var form = document.getElementById("exit");
  var pressed = [];

  function cover() {
    document.documentElement.classList.add("covered");
    document.title = " ";
  }

  function leave() {
    cover();
    // Ends the chat on the server; goes on after this page is gone. Leaving does not wait for it.
    try {
      fetch(form.action, {
        method: "POST",
        keepalive: true,
        redirect: "manual",
        headers: { "Content-Type": "application/x-www-form-urlencoded" },
        body: "act=exit&token=" + encodeURIComponent(form.elements.token.value)
      }).catch(function () {});
    } finally {
      location.replace(form.dataset.exit);
    }
  }

  if (form) {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      leave();
    });
    // Three times Shift alone, within five seconds.
    document.addEventListener("keydown", function (event) {
      if (event.key !== "Shift") {
        pressed = [];
      } else if (!event.repeat) {
        pressed = pressed.filter(function (at) { return event.timeStamp - at < 5000; });
        pressed.push(event.timeStamp);
        if (pressed.length === 3) { leave(); }
      }
    });
  }

  // A page brought back from the browser's memory shows nothing of before.
  window.addEventListener("pagehide", cover);
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) {
      location.reload();
    }
  });
})();
