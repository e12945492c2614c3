import { resourceProblems } from '../../../lib/platform/names';

test.each([
  ['proofs', 'reports'],
  ['trail', 'records of deletions'],
])('a resource must not be called %s, as the bucket of the %s is', (resource, owner) => {
  expect(resourceProblems(resource, 'name')).toEqual([
    { path: 'name', message: `must not be "${resource}", the bucket of the ${owner} has it` },
  ]);
});

test.each(['trails', 'constructor', 'orders'])('a resource may be called %s', (resource) => {
  expect(resourceProblems(resource)).toEqual([]);
});
