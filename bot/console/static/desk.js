// The keyboard of the desk.
export {};
