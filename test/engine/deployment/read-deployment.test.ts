import { SSMClient } from '@aws-sdk/client-ssm';
import * as fc from 'fast-check';
import type { Deployment } from '../../../engine/contract/deployment';
import { DeploymentError } from '../../../engine/deployment/deployment-error';
import { parseDeployment } from '../../../engine/deployment/deployment-format';
import { readDeployment } from '../../../engine/deployment/read-deployment';
import { clientOf } from '../../fakes/client-of';
import { sdkError } from '../../fakes/sdk-client';
import { deployment } from './deployments';

/** SSM with the parameters of some deployments, of which it lists one a page. */
function ssmWith(
  deployments: readonly Deployment[],
  refuse: { readonly error?: Error; readonly noRegion?: true } = {},
) {
  const parameters = deployments.map((each) => ({ Name: `/holdfast/${each.prefix}`, Value: JSON.stringify(each) }));
  const answers = {
    GetParameter: ({ Name }: { Name: string }) => {
      const parameter = parameters.find((each) => each.Name === Name);
      return refuse.error ?? (parameter ? { Parameter: parameter } : sdkError('ParameterNotFound'));
    },
    GetParametersByPath: ({ Path, NextToken = '0' }: { Path: string; NextToken?: string }) => {
      const below = parameters.filter(({ Name }) => Name.startsWith(Path));
      const next = Number(NextToken) + 1;
      return (
        refuse.error ?? {
          Parameters: below.slice(next - 1, next),
          ...(next < below.length && { NextToken: String(next) }),
        }
      );
    },
  };
  const { client, fake } = clientOf(SSMClient, answers, async () => {
    if (refuse.noRegion) {
      throw new Error('Region is missing');
    }
    return 'eu-west-1';
  });
  return { ssm: client, fake };
}

test('finds a deployment by its prefix, with one request', async () => {
  const { ssm, fake } = ssmWith([deployment(), deployment({ prefix: 'other' })]);
  expect(await readDeployment(ssm, 'other')).toEqual(deployment({ prefix: 'other' }));
  expect(fake.sent.map(({ operation }) => operation)).toEqual(['GetParameter']);
});

test('finds the only deployment without its prefix', async () => {
  const { ssm } = ssmWith([deployment()]);
  expect(await readDeployment(ssm)).toEqual(deployment());
});

test('lists the deployments when there are several, over all pages', async () => {
  const { ssm } = ssmWith([deployment({ prefix: 'zeta' }), deployment(), deployment({ prefix: 'beta' })]);
  await expect(readDeployment(ssm)).rejects.toThrow(
    'There are 3 deployments in eu-west-1: acme, beta, zeta. HINT: say which by --prefix, such as --prefix acme.',
  );
});

test.each([
  ['there is none', [], undefined, /no deployment of Holdfast in eu-west-1: .* HINT: give --region/],
  ['the prefix is another', [deployment()], 'nobody', /no parameter \/holdfast\/nobody in eu-west-1\. HINT: correct/],
])('says what to do when %s', async (_, deployments, prefix, message) => {
  const failure = readDeployment(ssmWith(deployments).ssm, prefix);
  await expect(failure).rejects.toThrow(message);
  await expect(failure).rejects.toThrow(DeploymentError);
});

test.each([
  ['AccessDeniedException', 'acme', 'HINT: use credentials that may ssm:GetParameter.'],
  ['AccessDeniedException', undefined, 'HINT: use credentials that may ssm:GetParametersByPath.'],
  ['CredentialsProviderError', 'acme', 'HINT: sign in to the account of the deployment'],
  ['ExpiredTokenException', undefined, 'HINT: sign in to the account of the deployment'],
  ['TimeoutError', 'acme', 'HINT: check that this machine reaches SSM in that Region'],
])('explains %s with prefix %s', async (name, prefix, hint) => {
  const failure = readDeployment(ssmWith([], { error: sdkError(name, 'no') }).ssm, prefix);
  await expect(failure).rejects.toThrow(`in eu-west-1: ${name}: no. ${hint}`);
  await expect(failure).rejects.toThrow(DeploymentError);
});

test('asks for a Region where none is configured', async () => {
  await expect(readDeployment(ssmWith([], { noRegion: true }).ssm)).rejects.toThrow(/HINT: give --region/);
});

test('refuses a parameter that was copied under another name', async () => {
  const { ssm } = ssmWith([]);
  ssm.send = (async () => ({ Parameter: { Name: '/holdfast/copy', Value: JSON.stringify(deployment()) } })) as never;
  await expect(readDeployment(ssm, 'copy')).rejects.toThrow(
    'The parameter /holdfast/copy in eu-west-1 describes the deployment "acme". HINT: it was copied by hand',
  );
});

describe('the value of a parameter', () => {
  const WHERE = '/holdfast/acme in eu-west-1';

  test.each([
    ['no JSON', '{', 'the whole value'],
    ['a text', '"acme"', 'the whole value'],
    [
      'an account that is none',
      JSON.stringify(deployment({ primary: { account: '1', region: 'x' } })),
      'primary.account',
    ],
    ['no objectives', JSON.stringify({ ...deployment(), objectives: undefined }), 'objectives'],
    [
      'a Region that leads to another host',
      JSON.stringify(deployment({ recovery: { account: '111122223333', region: 'x.example.com/#' } })),
      'recovery.region',
    ],
    [
      'a resource with the codes of a terminal',
      JSON.stringify(deployment({ resources: { redis: ['\u001b[2Jfine'] } })),
      'resources.redis.0',
    ],
    ['a resource without a name', JSON.stringify(deployment({ resources: { files: [''] } })), 'resources.files.0'],
    [
      'an objective of no time',
      JSON.stringify(
        deployment({ objectives: { ...deployment().objectives, redis: { proofAgeSeconds: { intact: 0 } } } }),
      ),
      'objectives.redis.proofAgeSeconds.intact',
    ],
  ])('is refused with what is wrong when it is %s', (_, text, wrong) => {
    expect(() => parseDeployment(text, WHERE)).toThrow(
      `The parameter ${WHERE} describes no deployment of format 1 (wrong: ${wrong}). HINT: it was changed by hand`,
    );
  });

  test('is refused when its format is not known', () => {
    expect(() => parseDeployment(JSON.stringify({ ...deployment(), format: 2 }), WHERE)).toThrow(
      `The parameter ${WHERE} has the format 2, known is 1. HINT: use the version of Holdfast that was deployed, or a newer one.`,
    );
  });

  test('may be any text without breaking the reader', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseDeployment(text, WHERE)).toThrow(DeploymentError);
      }),
    );
  });
});
