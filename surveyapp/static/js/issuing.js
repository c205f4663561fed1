// While issuing is under way the page goes on by itself; without a script the button is pressed again.
"use strict";
const next = document.querySelector("form[data-continue]");
if (next) next.submit(); // requestSubmit came to Safari with 16
