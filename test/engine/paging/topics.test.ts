import { type PagingRoute, pagingTopics } from '../../../engine/paging/topics';

const ROUTE: PagingRoute = {
  prefix: 'acme',
  primary: { account: '111122223333', region: 'eu-west-1' },
  recovery: { region: 'eu-central-1' },
  paging: { email: ['oncall@example.com'], pager: 'https://pager.example.com/page' },
};

test('names one topic for each severity and Region', () => {
  expect(pagingTopics(ROUTE).map(({ arn }) => arn)).toEqual([
    'arn:aws:sns:eu-west-1:111122223333:acme-critical',
    'arn:aws:sns:eu-central-1:111122223333:acme-critical',
    'arn:aws:sns:eu-west-1:111122223333:acme-warning',
    'arn:aws:sns:eu-central-1:111122223333:acme-warning',
  ]);
});

test('looks for the recovery topics in the recovery account', () => {
  const route = { ...ROUTE, recovery: { account: '444455556666', region: 'eu-central-1' } };
  expect(pagingTopics(route, 'warning').map(({ account }) => account)).toEqual(['111122223333', '444455556666']);
});

test('expects the pager on critical topics only', () => {
  const endpoints = pagingTopics(ROUTE)
    .filter(({ region }) => region === 'eu-west-1')
    .map((topic) => topic.endpoints);
  expect(endpoints).toEqual([['oncall@example.com', 'https://pager.example.com/page'], ['oncall@example.com']]);
});
