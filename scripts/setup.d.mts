// Types of setup.mjs, for the tests that import it.
type LockedPackage = {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  link?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
};
export declare const ROOT: string;
export declare const NODE_VERSION_MIN: [number, number];
export declare function isNewEnough(version: string): boolean;
export declare function missingPackages(
  lock: { packages: Record<string, LockedPackage> },
  installed: { packages: Record<string, { version?: string }> } | undefined,
  machine: { dev: boolean; platform: string; arch: string },
): string[];
export declare function hasDevelopment(installed: { packages: Record<string, { dev?: boolean }> } | undefined): boolean;
export declare function installArchive(folder: string, name: string, version: string): Promise<void>;
export declare function pinnedNode(why?: string): Promise<{ path: string; version: string }>;
export declare function setUp(options: { dev: boolean; script: string }): Promise<{ setupSeconds: number }>;
export declare function useNewNode(script: string): Promise<void>;
export declare function runNode(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<number>;
export declare function runScript(main: () => Promise<number>): Promise<void>;
