/** Runs a command of the private Python environment: `node dist/local/python.js cfn-lint <arguments>`. */
import { spawnSync } from 'node:child_process';
import { pythonEnvironment } from './python-environment';
import { Teardown } from './teardown';

async function main([command, ...args]: string[]): Promise<number> {
  if (command === undefined) throw new Error('No command given. HINT: node dist/local/python.js cfn-lint --version');
  const teardown = new Teardown();
  const environment = await pythonEnvironment(teardown).finally(() => teardown.run());
  const { status, error } = spawnSync(environment.python, [environment.command(command), ...args], {
    stdio: 'inherit',
  });
  if (error) throw error;
  return status ?? 1;
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
