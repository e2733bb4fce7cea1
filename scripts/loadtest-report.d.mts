export type Images = { readonly image?: string | undefined; readonly bitcoindImage?: string | undefined };
export function withImages(text: string, images: Images): string;
export function exitCodeOf(loadTest: { readonly status?: object }): number;
export function summaryOf(loadTest: object, testnet: object): string;
