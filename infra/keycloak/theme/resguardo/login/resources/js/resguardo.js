// What neither styles nor words can mend, without a copy of the templates. Each part does nothing where Keycloak has it right.
document.addEventListener('DOMContentLoaded', () => {
  for (const group of document.querySelectorAll('.pf-v5-c-form__group')) {
    const [label, field, error] = ['label[for]', 'input:not([type=hidden])', '.kc-feedback-text'].map((what) =>
      group.querySelector(what),
    );
    if (!label || !field) continue;
    // A label that names no field names the one beneath it.
    if (!document.getElementById(label.htmlFor)) label.htmlFor = field.id;
    if (!error) continue;
    error.id ||= `error-of-${field.id}`;
    field.setAttribute('aria-describedby', error.id);
  }
  document.querySelector('[aria-invalid=true]')?.focus();
  // Its description is English whatever the language, and the line above it says what it is for.
  document.getElementById('kc-totp-secret-qr-code')?.setAttribute('alt', '');
  // A page of no realm, as where nothing is, has none.
  document.title ||= document.querySelector('h1')?.innerText;
});
