import { beginProof, completeProof } from '../../../engine/files/proof-course';
import { MOST_SUSPECTS } from '../../../engine/files/proof-state';

const NOW = Date.parse('2026-11-23T14:40:00.700Z');
const HOUR = 3_600_000;

const complete = (suspects: string[], before: string | undefined) => {
  const { state, checkpoint } = beginProof(undefined, NOW, 30);
  const known = {
    ...state,
    ...(before === undefined ? {} : { newSince: before }),
    readingCycle: { ...state.readingCycle, cursor: 0.2 },
  };
  const ended = { ...checkpoint, reading: { from: 0.2, to: 0.3 }, progress: { ...checkpoint.progress, suspects } };
  return completeProof(known, ended, suspects.length > 0 ? 'damaged' : 'proved', NOW, 30);
};

test('a proof begins at a whole second and is named after it', () => {
  expect(beginProof(undefined, NOW, 30)).toMatchObject({
    state: { firstProofAt: '2026-11-23T14:40:00.000Z' },
    checkpoint: { proofId: '20261123T144000Z', startedAt: '2026-11-23T14:40:00.000Z', reading: { from: 0, to: 0 } },
  });
});

test('an unfinished proof goes on as it was planned', () => {
  const { state, checkpoint } = beginProof(undefined, NOW, 30);
  const unfinished = { ...checkpoint, afterKey: 'm' };
  expect(beginProof({ ...state, unfinished }, NOW + HOUR, 30).checkpoint).toBe(unfinished);
});

test('the next proof looks at what was on its way when this one began, and reads on', () => {
  expect(complete([], '2026-11-22T00:00:00.000Z')).toMatchObject({
    newSince: '2026-11-23T14:10:00.000Z',
    readingCycle: { cursor: 0.3 },
  });
});

test('the next proof looks again at all of this one when more is wrong than can be named', () => {
  const suspects = Array.from({ length: MOST_SUSPECTS }, (_, number) => `id${number} key`);
  expect(complete(suspects, '2026-11-22T00:00:00.000Z')).toMatchObject({
    newSince: '2026-11-22T00:00:00.000Z',
    readingCycle: { cursor: 0.2 },
  });
  expect(complete(suspects, undefined)).toMatchObject({ newSince: '2026-11-23T14:10:00.000Z' });
  expect(complete(suspects.slice(1), '2026-11-22T00:00:00.000Z')).toMatchObject({ readingCycle: { cursor: 0.3 } });
});
