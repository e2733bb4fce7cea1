import { expect, test } from 'vitest';
import { Anonymiser, scrub } from './redact.ts';

const KEY = 'c0ffee'.repeat(10);

test.each([
  ['a known secret', `key=${KEY}.`, 'key=[secret].'],
  ['in upper case', KEY.toUpperCase(), '[secret]'],
  ['as base64', `x ${Buffer.from(KEY, 'hex').toString('base64')}`, 'x [secret]'],
  ['a cookie nobody told us of', 'auth __cookie__:00ff00ff', 'auth __cookie__:[secret]'],
  ['a field that says so', '{"secret":"abcdefghij","name":"x"}', '{"secret":"[secret]","name":"x"}'],
  ['a header', 'Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic [secret]'],
  ['a PEM key', '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----', '[secret]'],
  ['nothing of the kind', 'token 17 of block 9', 'token 17 of block 9'],
])('%s is taken out', (_what, text, left) => {
  expect(scrub(text, [KEY, 'short'])).toBe(left);
});

test('people, machines and accounts get other names, the same ones throughout', () => {
  const names = new Anonymiser({ home: '/home/mira', user: 'mira', host: 'tower' });
  const [a, b] = [`${'a1'.repeat(29)}:ed25519`, `${'b2'.repeat(29)}:ed25519`];
  expect(names.apply(`/home/mira/x on tower by mira: ${a} ${b} ${a}`)).toBe(
    '~/x on [host] by [user]: [address-1] [address-2] [address-1]',
  );
  expect(names.apply(`10.1.2.3 and 127.0.0.1 and ${b}`)).toBe('[ip] and 127.0.0.1 and [address-2]');
  expect(new Anonymiser({ home: '/root', user: 'root', host: 'ab' }).apply('state root in /root/x')).toBe(
    'state root in ~/x',
  );
});
