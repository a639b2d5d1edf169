// The server's answers. Addresses are relative to the page's own, which begins with the token.

export class ServerError extends Error {
    constructor(message, code) {
        super(message);
        this.code = code; // of HTTP; 0: nobody answered
    }
}

async function answer(path, options) {
    let response;
    try {
        response = await fetch(path, options);
    } catch {
        throw new ServerError("rigpose pick does not answer: it was stopped.", 0);
    }
    if (response.ok)
        return response;
    let told = `the server answered ${response.status}`;
    try {
        told = (await response.json()).error ?? told;
    } catch { /* no JSON: the number has to do */ }
    throw new ServerError(told, response.status);
}

export const read = async (path) => (await answer(path)).json();
export const send = async (path, body = {}) => (await answer(path, { method: "POST", body: JSON.stringify(body) })).json();

export async function picture(query) {
    const response = await answer(`picture?${new URLSearchParams(query)}`);
    return createImageBitmap(await response.blob());
}
