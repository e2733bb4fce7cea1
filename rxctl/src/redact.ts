// Takes secrets out of texts that leave this machine, always; and, when asked, what names people and machines. Pure: the secrets
// themselves are given to it.

/** Shorter ones would tear holes into innocent text. */
const SECRET_CHARS_MIN = 8;
const SECRET = '[secret]';

/** Secrets by their form, for those nobody has told us of. */
const FORMS: readonly (readonly [RegExp, string])[] = [
  [/__cookie__:[0-9a-f]+/gi, `__cookie__:${SECRET}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, SECRET],
  [/(authorization:? *(?:basic|bearer) +)[^\s"']+/gi, `$1${SECRET}`],
  [
    /((?:["']?)(?:secret|password|passwd|rpcpassword|privateKey|private_key)(?:["']?)\s*[:=]\s*["']?)[^\s"',}]{8,}/gi,
    `$1${SECRET}`,
  ],
];

export type Names = { readonly home: string; readonly user: string; readonly host: string };

/** `secrets` are replaced wherever they stand, in hex of either case, and as base64. */
export function scrub(text: string, secrets: readonly string[]): string {
  const spelled = secrets
    .map((secret) => secret.trim())
    .filter((secret) => secret.length >= SECRET_CHARS_MIN)
    .flatMap((secret) => (/^[0-9a-f]+$/i.test(secret) ? hexSpellings(secret) : [secret]));
  const known = spelled.reduce((rest, secret) => rest.replaceAll(secret, SECRET), text);
  return FORMS.reduce((rest, [form, instead]) => rest.replace(form, instead), known);
}

function hexSpellings(hex: string): readonly string[] {
  const bytes = Buffer.from(hex, 'hex');
  const other = [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  return [hex.toLowerCase(), hex.toUpperCase(), ...other.filter((text) => text.length >= SECRET_CHARS_MIN)];
}

const ADDRESS = /\b[0-9a-z]{58}:ed25519\b/g;
const IP_V4 = /\b(?!127\.)(?!0\.0\.0\.0)(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b/g;

/** For bundles that strangers see: people, machines and accounts get other names, the same ones throughout. */
export class Anonymiser {
  readonly #names: Names;
  readonly #addresses = new Map<string, string>();

  constructor(names: Names) {
    this.#names = names;
  }

  apply(text: string): string {
    const { home, user, host } = this.#names;
    const named = [
      [home, '~'],
      [host, '[host]'],
    ].reduce((rest, [name = '', instead = '']) => (name.length < 3 ? rest : rest.replaceAll(name, instead)), text);
    // The roots of trees and states are nobody.
    const people =
      user.length < 3 || user === 'root' ? named : named.replace(new RegExp(`\\b${escaped(user)}\\b`, 'g'), '[user]');
    return people.replace(ADDRESS, (address) => this.#nameOf(address)).replace(IP_V4, '[ip]');
  }

  #nameOf(address: string): string {
    const known = this.#addresses.get(address) ?? `[address-${this.#addresses.size + 1}]`;
    this.#addresses.set(address, known);
    return known;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
