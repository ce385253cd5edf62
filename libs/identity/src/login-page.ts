import { createHash } from 'node:crypto';

export type Language = 'es' | 'en';

const TEXTS = {
  es: {
    title: 'Iniciar sesión',
    lead: 'Un solo expediente para cada niña, niño o adolescente. Cada consulta queda registrada.',
    username: 'Usuario',
    password: 'Contraseña',
    submit: 'Entrar',
    wrong: 'El usuario o la contraseña no coinciden. Revise ambos e intente de nuevo.',
    wait: 'Hubo varios intentos fallidos. Espere un minuto e intente de nuevo.',
    demo: 'Cuentas de demostración: se imprimen al arrancar el programa.',
    out: 'Cerrar sesión',
    outLead: '¿Quiere cerrar su sesión en este equipo?',
    outDone: 'Su sesión se cerró.',
    failed: 'No se pudo continuar',
    failedLead: 'Cierre esta página y vuelva a entrar desde el portal.',
  },
  en: {
    title: 'Sign in',
    lead: 'One record for each child. Every reading is logged.',
    username: 'User name',
    password: 'Password',
    submit: 'Sign in',
    wrong: 'The user name or the password is not right. Check both and try again.',
    wait: 'There were several failed attempts. Wait a minute and try again.',
    demo: 'Demo accounts are printed when the program starts.',
    out: 'Sign out',
    outLead: 'Do you want to sign out on this device?',
    outDone: 'You are signed out.',
    failed: 'This could not go on',
    failedLead: 'Close this page and sign in again from the portal.',
  },
} as const;

const STYLE = `:root{color-scheme:light;font:16px/1.5 system-ui,sans-serif;background:#f4f6f7;color:#1c2b33}
body{margin:0;min-height:100vh;display:grid;place-items:center}
main{box-sizing:border-box;width:min(26rem,100vw);padding:2rem 1.5rem;background:#fff;border:1px solid #cfd8dc;border-radius:.5rem}
h1{margin:0 0 .25rem;font-size:1.5rem}p{margin:0 0 1.25rem}
label{display:block;margin:0 0 .25rem;font-weight:600}
input{box-sizing:border-box;width:100%;margin:0 0 1rem;padding:.6rem .75rem;font:inherit;border:1px solid #6b7c85;border-radius:.25rem}
button{width:100%;padding:.7rem;font:inherit;font-weight:600;color:#fff;background:#1f5f74;border:0;border-radius:.25rem;cursor:pointer}
input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid #e0a100;outline-offset:2px}
[role=alert]{padding:.75rem;background:#fdf0ee;border-left:4px solid #a33a2a}
.note{margin:1.25rem 0 0;font-size:.9rem;color:#465a64}`;
const SUBMIT_AT_ONCE = 'document.forms[0].submit()';

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing is loaded from anywhere; forms go to this issuer, which may send on to the portal. */
export const contentSecurityPolicy = (portalOrigins: readonly string[]): string =>
  [
    "default-src 'none'",
    `style-src ${hash(STYLE)}`,
    `script-src ${hash(SUBMIT_AT_ONCE)}`,
    `form-action 'self' ${portalOrigins.join(' ')}`.trim(),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');

const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const page = (language: Language, title: string, body: string) =>
  `<!doctype html>
<html lang="${language === 'es' ? 'es-MX' : 'en'}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Resguardo</title><style>${STYLE}</style></head>
<body><main>${body}</main></body></html>`;

/** Which of the two languages somebody reads: what the portal asked for, else what the browser says, else Spanish. */
export const languageOf = (uiLocales: unknown, acceptLanguage: string | undefined): Language => {
  const wanted = typeof uiLocales === 'string' && uiLocales !== '' ? uiLocales : (acceptLanguage ?? 'es');
  return /^en\b/i.test(wanted.trim()) ? 'en' : 'es';
};

/** The sign-in form. A wrong attempt keeps the user name, says so in words and puts them into the field's description. */
export const loginPage = (
  language: Language,
  action: string,
  { username = '', problem }: { username?: string; problem?: 'wrong' | 'wait' } = {},
): string => {
  const t = TEXTS[language];
  const wrong = problem ? ' aria-invalid="true" aria-describedby="problem"' : '';
  return page(
    language,
    t.title,
    `<h1>${t.title}</h1><p>${t.lead}</p>
${problem ? `<p role="alert" id="problem">${t[problem]}</p>` : ''}
<form method="post" action="${escaped(action)}">
<label for="username">${t.username}</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus value="${escaped(username)}"${wrong}>
<label for="password">${t.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${wrong}>
<button type="submit">${t.submit}</button>
</form><p class="note">${t.demo}</p>`,
  );
};

/** `form` comes from the provider, with its own protection against forged sign-outs. At once when the portal asked for it. */
export const logoutPage = (language: Language, form: string, atOnce: boolean): string => {
  const t = TEXTS[language];
  const inside = `<input type="hidden" name="logout" value="yes"><button type="submit">${t.out}</button></form>`;
  return page(
    language,
    t.out,
    `<h1>${t.out}</h1><p>${t.outLead}</p>${form.replace('</form>', inside)}${atOnce ? `<script>${SUBMIT_AT_ONCE}</script>` : ''}`,
  );
};

export const loggedOutPage = (language: Language): string =>
  page(language, TEXTS[language].out, `<h1>${TEXTS[language].outDone}</h1>`);

/** No code, no reason: whoever sees it cannot do anything with them. */
export const failedPage = (language: Language): string =>
  page(language, TEXTS[language].failed, `<h1>${TEXTS[language].failed}</h1><p>${TEXTS[language].failedLead}</p>`);
