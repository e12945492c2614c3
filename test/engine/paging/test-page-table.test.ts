import type { TopicReport } from '../../../engine/paging/test-page';
import { testPageTable } from '../../../engine/paging/test-page-table';

const REPORT: TopicReport = {
  severity: 'critical',
  region: 'eu-west-1',
  topicArn: 'arn:aws:sns:eu-west-1:111122223333:acme-critical',
  messageId: 'message-1',
  subscriptions: [
    { protocol: 'email', endpoint: 'oncall@example.com', confirmed: true },
    { protocol: 'https', endpoint: 'https://pager.example.com/…', confirmed: false },
  ],
  findings: ['pager.example.com has not confirmed'],
};

test('gives each subscription a row and each finding a line', () => {
  const lines = testPageTable([REPORT]).split('\n');
  expect(lines).toContainEqual(
    expect.stringMatching(/critical .* eu-west-1 .* sent .* email oncall@example.com .* yes/),
  );
  expect(lines).toContainEqual(expect.stringMatching(/https https:\/\/pager.example.com\/… .* NO/));
  expect(lines.at(-1)).toBe('pager.example.com has not confirmed');
});

test('shows a topic that could not be reached as not sent, with the reason', () => {
  const { messageId: _, ...unsent } = REPORT;
  const text = testPageTable([{ ...unsent, subscriptions: [], findings: [], error: 'denied' }]);
  expect(text).toMatch(/not sent .* unknown/);
  expect(text.split('\n').at(-1)).toBe('denied');
});

test('shows a topic without subscriptions', () => {
  expect(testPageTable([{ ...REPORT, subscriptions: [], findings: [] }])).toMatch(/ sent .* none/);
});
