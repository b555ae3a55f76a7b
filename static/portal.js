// Small helps; every page works without them.
"use strict";

(function () {
  const announcer = () => document.getElementById("announcer");
  const say = (text) => { const node = announcer(); if (node) { node.textContent = text; } };

  // Copy a code.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) { return; }
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch (error) {
      const selection = window.getSelection();
      selection.selectAllChildren(button.previousElementSibling);
      document.execCommand("copy");
      selection.removeAllRanges();
    }
    button.classList.add("is-done");
    say(button.dataset.done);
    setTimeout(() => button.classList.remove("is-done"), 1500);
  });

  // A form that saves itself: another form of its page is sent only when everything typed is saved, and nothing is
  // saved behind the back of a page that is being left; else the next page would begin from an older version.
  const stay = document.querySelector("form[data-stay]");
  const saver = stay && (stay.hasAttribute("hx-post") ? stay : stay.querySelector("[hx-post]"));
  if (saver && window.htmx) {
    let unsaved = false, saving = false, leaving = false, waiting = null;
    const typed = () => { unsaved = true; };
    const isUpset = () => stay.querySelector("#draft-state .box") || document.querySelector("[data-session-over]:not([hidden])");
    stay.addEventListener("input", typed);
    stay.addEventListener("change", typed);
    document.addEventListener("htmx:beforeRequest", (event) => {
      if (event.detail.elt !== saver) { return; }
      if (leaving) { event.preventDefault(); return; }
      saving = true;
      unsaved = false;
    });
    document.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.elt !== saver) { return; }
      // After the swap, which puts the new version into the form.
      setTimeout(() => {
        saving = false;
        unsaved = unsaved || !event.detail.successful;
        const next = waiting;
        waiting = null;
        if (next && event.detail.successful && !isUpset()) { next.form.requestSubmit(next.button); }
      }, 50);
    });
    document.addEventListener("submit", (event) => {
      if (event.target.method !== "post" || event.defaultPrevented) { return; }
      if (!isUpset() && (saving || (unsaved && event.target !== stay))) {
        event.preventDefault();
        event.stopImmediatePropagation();
        waiting = { form: event.target, button: event.submitter };
        if (!saving) { window.htmx.trigger(saver, "save-now"); }
        return;
      }
      leaving = true;
    }, true);
    window.addEventListener("pageshow", () => { leaving = false; });
  }

  // One press, one request: a button that was pressed waits for the answer.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    // After the event, so that the pressed button's own value is still sent.
    setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((button) => {
      button.disabled = true;
      if (button.dataset.busy) { button.textContent = button.dataset.busy; }
    }), 0);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) { return; }
    document.querySelectorAll("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = false; });
    });
  });

  // Menus close on Escape and on a click elsewhere.
  const close = (except) => document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (menu !== except) { menu.open = false; }
  });
  document.addEventListener("click", (event) => close(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector("details[data-menu][open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });

  document.querySelectorAll("[data-toggle]").forEach((button) => button.addEventListener("click", () => {
    button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") === "false"));
  }));

  // Files may be dropped; the names show what will be sent.
  document.querySelectorAll("[data-drop]").forEach((area) => {
    const input = area.querySelector("input[type=file]");
    const list = area.querySelector("[data-files]");
    const show = () => list.replaceChildren(...Array.from(input.files, (file) => {
      const item = document.createElement("li");
      item.textContent = file.name;
      return item;
    }));
    input.addEventListener("change", show);
    ["dragover", "dragleave", "drop"].forEach((name) => area.addEventListener(name, (event) => {
      event.preventDefault();
      area.classList.toggle("is-over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        show();
      }
    }));
  });

  // What a code chosen from a list means stands below its field.
  document.addEventListener("change", (event) => {
    const input = event.target;
    const help = input.dataset && input.dataset.help && document.getElementById(input.id + "-help");
    if (!help || !input.list) { return; }
    const option = Array.from(input.list.options).find((one) => one.value === input.value.trim());
    help.textContent = input.dataset.help + (option ? " = " + option.label : "");
  });

  document.querySelectorAll("[data-focus]").forEach((node) => node.focus());
  document.querySelectorAll("[data-print]").forEach((node) => node.addEventListener("click", () => window.print()));
  // A fragment asked for after the session ended is answered by the login page: go there, and come back.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answered = new URL(event.detail.xhr.responseURL || window.location.href).pathname;
    if (answered === window.location.pathname) { return; }
    event.detail.shouldSwap = false;
    const over = document.querySelector("[data-session-over]");
    if (over && event.detail.elt.closest("[data-stay]")) {
      // Somebody is typing: nothing on the page may be lost.
      over.hidden = false;
      say(over.textContent);
      return;
    }
    window.location.reload();
  });
  // Back from the login in another window: the form gets the new session's token and is saved.
  window.addEventListener("focus", async () => {
    const over = document.querySelector("[data-session-over]:not([hidden])");
    const form = document.querySelector("form[data-stay]");
    if (!over || !form) { return; }
    const answer = await fetch(window.location.pathname, { credentials: "same-origin" });
    if (!answer.ok || new URL(answer.url).pathname !== window.location.pathname) { return; }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = fresh.querySelector("input[name=csrfmiddlewaretoken]");
    if (!token) { return; }
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = token.value; });
    over.hidden = true;
    form.dispatchEvent(new Event("change", { bubbles: true }));
  });
  // A change in a fragment that is renewed by itself is said aloud once.
  document.addEventListener("htmx:afterSwap", (event) => {
    const state = document.querySelector("#" + CSS.escape(event.detail.target.id) + " [data-say]");
    if (state && state.dataset.say !== window.lastSaid) { window.lastSaid = state.dataset.say; say(state.dataset.say); }
  });
})();
