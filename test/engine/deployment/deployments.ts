import { DEFAULT_OBJECTIVES, type Deployment } from '../../../engine/contract/deployment';

/** A deployment of tests. */
export const deployment = (more: Partial<Deployment> = {}): Deployment => ({
  format: 1,
  prefix: 'acme',
  software: '0.1.0',
  primary: { account: '111122223333', region: 'eu-west-1' },
  recovery: { account: '111122223333', region: 'eu-central-1' },
  resources: { tenants: ['shop'], files: ['uploads'] },
  objectives: DEFAULT_OBJECTIVES,
  ...more,
});
