import fc from 'fast-check';
import { scriptFor } from '../../../engine/restore/script';

const SETTINGS = `--
-- PostgreSQL database dump
--

SET statement_timeout = 0;
SET lock_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET row_security = off;
`;
const OLD_SETTINGS = SETTINGS.replace('SET transaction_timeout = 0;\n', '');
const BODY = `\nCOPY t FROM stdin;\nSET transaction_timeout = 0;\n\\.\n${'x'.repeat(9000)}\u00e9`;

async function result(serverMajor: number, script: string, cuts: number[] = []): Promise<string> {
  const bytes = Buffer.from(script);
  const edges = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  const source = async function* () {
    for (let index = 1; index < edges.length; index++) yield bytes.subarray(edges[index - 1], edges[index]);
  };
  const pieces: Buffer[] = [];
  for await (const piece of scriptFor(serverMajor, source())) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

test('an older server does not see the setting it does not know, however the script is cut', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(12_000), { maxLength: 6 }), async (cuts) => {
      expect(await result(16, SETTINGS + BODY, cuts)).toBe(OLD_SETTINGS + BODY);
    }),
  );
});

test('a server that knows it sees it', async () => {
  expect(await result(17, SETTINGS + BODY)).toBe(SETTINGS + BODY);
});

test('a row that looks like it stays', async () => {
  const short = '\nCOPY t FROM stdin;\nSET transaction_timeout = 0;\n\\.\n';
  expect(await result(15, OLD_SETTINGS + short)).toBe(OLD_SETTINGS + short);
});

test('an empty script stays empty', async () => {
  expect(await result(15, '')).toBe('');
});
