import { GetParameterCommand, type Parameter, paginateGetParametersByPath, type SSMClient } from '@aws-sdk/client-ssm';
import { DEPLOYMENTS_PATH, type Deployment, deploymentParameter } from '../contract/deployment';
import { errorName } from '../objects/store-error';
import { DeploymentError } from './deployment-error';
import { parseDeployment } from './deployment-format';

/**
 * Finds out what is deployed in the account and Region of a client. Needs `ssm:GetParameter` on the parameter of the deployment, or,
 * to find it without its prefix, `ssm:GetParametersByPath` on `/holdfast/`.
 *
 * @param prefix first part of the deployment's names. @default - the only deployment there
 * @throws DeploymentError when there is none, or more than one and no prefix, or SSM refuses or cannot be reached.
 */
export async function readDeployment(ssm: SSMClient, prefix?: string): Promise<Deployment> {
  const region = await regionOf(ssm);
  const parameter = prefix === undefined ? await onlyParameter(ssm, region) : await parameterOf(ssm, region, prefix);
  const name = parameter.Name ?? '';
  const deployment = parseDeployment(parameter.Value ?? '', `${name} in ${region}`);
  if (name !== deploymentParameter(deployment.prefix)) {
    throw new DeploymentError(
      `The parameter ${name} in ${region} describes the deployment "${deployment.prefix}". HINT: it was copied by hand; delete it, or give --prefix.`,
    );
  }
  return deployment;
}

async function regionOf(ssm: SSMClient): Promise<string> {
  try {
    return await ssm.config.region();
  } catch (error) {
    throw new DeploymentError(
      'It is not known in which Region to look for the deployment. HINT: give --region its primary Region, or set AWS_REGION.',
      { cause: error },
    );
  }
}

async function parameterOf(ssm: SSMClient, region: string, prefix: string): Promise<Parameter> {
  const name = deploymentParameter(prefix);
  try {
    const { Parameter: parameter = {} } = await ssm.send(new GetParameterCommand({ Name: name }));
    return parameter;
  } catch (error) {
    if (errorName(error) === 'ParameterNotFound') {
      throw new DeploymentError(
        `There is no parameter ${name} in ${region}. HINT: correct the prefix, or give --region the primary Region of the deployment.`,
        { cause: error },
      );
    }
    throw unreadable(error, `read the parameter ${name}`, region, 'ssm:GetParameter');
  }
}

async function onlyParameter(ssm: SSMClient, region: string): Promise<Parameter> {
  const [first, ...others] = await allParameters(ssm, region);
  if (first === undefined) {
    throw new DeploymentError(
      `There is no deployment of Holdfast in ${region}: no parameter lies below ${DEPLOYMENTS_PATH}. HINT: give --region the primary Region of the deployment, sign in to its account, or deploy the primary stack.`,
    );
  }
  if (others.length > 0) {
    const prefixes = [first, ...others].map(({ Name: name = '' }) => name.slice(DEPLOYMENTS_PATH.length)).sort();
    throw new DeploymentError(
      `There are ${prefixes.length} deployments in ${region}: ${prefixes.join(', ')}. HINT: say which by --prefix, such as --prefix ${prefixes[0]}.`,
    );
  }
  return first;
}

async function allParameters(ssm: SSMClient, region: string): Promise<Parameter[]> {
  const parameters: Parameter[] = [];
  try {
    for await (const page of paginateGetParametersByPath({ client: ssm }, { Path: DEPLOYMENTS_PATH })) {
      parameters.push(...(page.Parameters ?? []));
    }
  } catch (error) {
    throw unreadable(error, `list the parameters below ${DEPLOYMENTS_PATH}`, region, 'ssm:GetParametersByPath');
  }
  return parameters;
}

function unreadable(error: unknown, attempt: string, region: string, action: string): DeploymentError {
  const name = errorName(error);
  const message = error instanceof Error ? error.message : String(error);
  const hint = HINTS.find(([form]) => form.test(name))?.[1](action) ?? OTHER_HINT;
  const text = [name, message].filter((part) => part !== '' && part !== 'Error').join(': ');
  return new DeploymentError(`Cannot ${attempt} in ${region}: ${text.slice(0, MOST_CHARACTERS)}. HINT: ${hint}`, {
    cause: error,
  });
}

/** Characters of a service's answer that are told. */
const MOST_CHARACTERS = 250;

const HINTS: readonly (readonly [form: RegExp, hint: (action: string) => string])[] = [
  [/^AccessDenied/, (action) => `use credentials that may ${action}.`],
  [
    /^(CredentialsProvider|ExpiredToken|UnrecognizedClient|InvalidClientToken|InvalidSignature)/,
    () => 'sign in to the account of the deployment, for example with `aws sso login` and AWS_PROFILE.',
  ],
];
const OTHER_HINT = 'check that this machine reaches SSM in that Region, and AWS_ENDPOINT_URL if it is set.';
