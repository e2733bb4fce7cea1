// Commander takes any value of a switch's environment variable for yes. Here 0 and false are no, nothing is nothing, and what is
// none of these is refused, as rxd has it.
import { isSwitchedOn, UsageError } from '@rexnet/node/flags.ts';
import { Command, type Option } from 'commander';

export class SwitchCommand extends Command {
  override createCommand(name: string): Command {
    return new SwitchCommand(name);
  }

  override addOption(option: Option): this {
    super.addOption(option);
    const { envVar } = option;
    const isSwitch = !option.required && !option.optional;
    // After commander's own listener, which has switched it on.
    if (isSwitch && envVar !== undefined)
      this.on(`optionEnv:${option.name()}`, () => {
        if (!this.#isOn(envVar)) this.setOptionValueWithSource(option.attributeName(), unset(option), 'default');
      });
    return this;
  }

  #isOn(variable: string): boolean {
    try {
      return isSwitchedOn(variable, process.env[variable]);
    } catch (error) {
      if (error instanceof UsageError) this.error(`error: ${error.message}`, { code: 'commander.invalidArgument' });
      throw error;
    }
  }
}

/** What it is when nobody says anything. */
function unset({ negate, defaultValue }: Option): unknown {
  return negate && defaultValue === undefined ? true : defaultValue;
}
