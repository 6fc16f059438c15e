/** Makes images of QR codes. */
export interface QrEncoder {
  /** The modules, row by row; true is dark. Without the quiet zone. */
  matrix(text: string): { readonly size: number; readonly dark: (row: number, column: number) => boolean }
  /** A 1-bit greyscale PNG, opaque white, with a quiet zone of 4 modules. */
  png(text: string): Uint8Array
  /** An SVG document of the same modules, with the same quiet zone. */
  svg(text: string): string
}
