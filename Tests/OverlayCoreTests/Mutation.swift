// SPDX-License-Identifier: Apache-2.0

/// A small generator with a seed (SplitMix64): a failure names a text that comes again.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// `text` with one to four small changes: a byte altered, put in or taken out, a run repeated, an end cut off.
    mutating func mutation(of text: [UInt8], alphabet: [UInt8]) -> [UInt8] {
        var text = text
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            let place = Int.random(in: 0...text.count, using: &self)
            let byte = alphabet.randomElement(using: &self) ?? 0
            switch Int.random(in: 0..<6, using: &self) {
            case 0: text.insert(byte, at: place)
            case 1 where place < text.count: text[place] = byte
            case 2 where place < text.count: text[place] = UInt8.random(in: 0...255, using: &self)
            case 3 where place < text.count: text.remove(at: place)
            case 4: text.insert(contentsOf: text[place...].prefix(8), at: place)
            case 5: text.removeSubrange(place...)
            default: break
            }
        }
        return text
    }
}
