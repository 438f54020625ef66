// @ts-check
/** The page of the API: Swagger UI on what the server says of itself. */
const place = /** @type {HTMLElement} */ (document.querySelector("#api"));
/** @type {any} */ (window).SwaggerUIBundle({ url: place.dataset.describes, domNode: place, deepLinking: true });
