import { environmentWithoutAws, LOCAL_ACCOUNT, LocalAws } from '../../local/local-aws';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

test('a program sees nothing of the AWS accounts of the user', () => {
  process.env.AWS_PROFILE = 'production';
  process.env.AWS_SESSION_TOKEN = 'secret';
  process.env.AWS_ENDPOINT_URL_S3 = 'https://s3.example.com';
  const environment = new LocalAws('http://127.0.0.1:4566').environment('eu-west-1');
  expect(Object.values(environment)).not.toEqual(expect.arrayContaining(['production']));
  expect(environment).not.toHaveProperty('AWS_PROFILE');
  expect(environment).not.toHaveProperty('AWS_SESSION_TOKEN');
  expect(environment).not.toHaveProperty('AWS_ENDPOINT_URL_S3');
  expect(environment).toMatchObject({
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: LOCAL_ACCOUNT,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
});

test('what is no variable of AWS stays', () => {
  process.env.HTTPS_PROXY = 'http://proxy.example.com';
  expect(environmentWithoutAws()).toMatchObject({ HTTPS_PROXY: 'http://proxy.example.com' });
});

test('an endpoint by name becomes one by address, since no DNS answers for the names of its buckets', () => {
  expect(new LocalAws('http://localhost:4566/').endpoint).toBe('http://127.0.0.1:4566');
});
