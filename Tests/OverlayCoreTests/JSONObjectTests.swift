// SPDX-License-Identifier: Apache-2.0

import OverlayCore
import Testing

@Suite struct JSONObjectTests {
    /// The reason a text is refused; nil when it is read.
    private func refusal(_ text: [UInt8]) -> String? {
        do {
            _ = try JSONObject(parsing: text)
            return nil
        } catch { return error.description }
    }

    @Test(arguments: [
        "{}", " \t\r\n{ \t\r\n} \t\r\n", #"{"a":1}"#, #"{"a":null,"b":true,"c":false}"#, #"{"":""}"#,
        #"{"a":[],"b":{},"c":[1,[2,{"d":[]}]]}"#, "{ \"a\" : [ 1 , 2 ] , \"b\" : { } }",
        #"{"a":0}"#, #"{"a":-0}"#, #"{"a":-0.0e-0}"#, #"{"a":10.25}"#, #"{"a":1E+400}"#, #"{"a":1e05}"#,
        #"{"a":123456789012345678901234567890}"#,
        #"{"a":"\"\\\/\b\f\n\r\t"}"#, #"{"a":"\u0000\uD834\uDD1E\uABCD\uabcd"}"#, #"{"a":"\ud800"}"#,
        "{\"a\":\"\u{7F}é\u{2028}𝄞\"}",
    ])
    func accepts(text: String) {
        #expect(refusal(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        "", " ", "null", "[]", "1", "\"a\"", "{", "}", "{}{}", "{},", "{} x", "{}\u{0}", "\u{FEFF}{}", "//\n{}",
        #"{"a"}"#, #"{"a":}"#, #"{"a" 1}"#, #"{"a":1,}"#, #"{,"a":1}"#, #"{"a":1 "b":2}"#, #"{"a":1;"b":2}"#,
        #"{a:1}"#, #"{'a':1}"#, #"{1:1}"#, #"{"a":[1,]}"#, #"{"a":[,1]}"#, #"{"a":[1 2]}"#, #"{"a":[1}"#,
        #"{"a":{]}"#, #"{"a":1]"#,
        #"{"a":01}"#, #"{"a":-01}"#, #"{"a":+1}"#, #"{"a":.5}"#, #"{"a":1.}"#, #"{"a":1.e1}"#, #"{"a":1e}"#,
        #"{"a":1e+}"#, #"{"a":-}"#, #"{"a":0x1}"#, #"{"a":NaN}"#, #"{"a":-Infinity}"#, #"{"a":1 2}"#, #"{"a":--1}"#,
        #"{"a":True}"#, #"{"a":tru}"#, #"{"a":truex}"#, #"{"a":nul"#, #"{"a":undefined}"#,
        #"{"a":"\x41"}"#, #"{"a":"\u12"}"#, #"{"a":"\u12G4"}"#, #"{"a":"\U0041"}"#, #"{"a":"\u00４1"}"#,
        #"{"a":"\"#, #"{"a":"\u"#, #"{"a":"\u12"#, #"{"a":"b}"#, #"{"a":'b'}"#,
        "{\"a\":\"\n\"}", "{\"a\":\"\t\"}", "{\"a\":\"\u{0}\"}", "{\"a\u{1F}\":1}", "{\"a\":\u{A0}1}", "{\"a\":\u{C}1}",
    ])
    func refuses(text: String) {
        #expect(refusal(Array(text.utf8)) != nil)
    }

    @Test(arguments: [
        ("", "it is empty"),
        ("[]", "it is not a JSON object"),
        (#"{"a":1"#, "it ends early"),
        (#"{"a":1}x"#, "text after its end at byte 7"),
        (#"{"a":01}"#, "a number with a leading zero at byte 7"),
        ("{\"a\":\"\n\"}", "a control character in a string at byte 6"),
        (#"{"a":maybe}"#, "no digit at byte 5"),
        (#"{"a":1,}"#, "no quote at byte 7"),
    ])
    func saysWhere(text: String, reason: String) {
        #expect(refusal(Array(text.utf8)) == reason)
    }

    @Test func nestingHasALimit() {
        func nested(_ depth: Int) -> [UInt8] {
            let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return Array("{\"a\":\(arrays)}".utf8)
        }
        #expect(refusal(nested(JSONObject.depthLimit)) == nil)
        #expect(refusal(nested(JSONObject.depthLimit + 1)) == "nested too deep at byte 69")
        // Far over it, the stack must hold as well.
        #expect(refusal(nested(100_000)) != nil)
        #expect(refusal(Array(String(repeating: "{\"a\":", count: 100_000).utf8)) != nil)
    }

    @Test(arguments: [
        (#""plain""#, "plain"),
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u00E9\u20ac""#, "Aéé€"),
        (#""\ud834\udd1e""#, "𝄞"),
        (#""x\ud834y""#, "x\u{FFFD}y"),
        (#""\udd1e\ud834""#, "\u{FFFD}\u{FFFD}"),
        (#""é\u0026𝄞""#, "é&𝄞"),
        (#""\u0000""#, "\u{0}"),
        (#""""#, ""),
    ])
    func decodesStrings(quoted: String, text: String) throws {
        let object = try JSONObject(parsing: Array("{\"a\":\(quoted)}".utf8))
        #expect(object.string("a").map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    }

    @Test func whatIsNoUnicodeIsReplaced() throws {
        let object = try JSONObject(parsing: Array(#"{"a":""#.utf8) + [0x2F, 0xFF, 0x62] + Array(#""}"#.utf8))
        #expect(object.string("a") == "/\u{FFFD}b")
    }

    @Test func theLastOfANameWinsWhateverItsCase() throws {
        let object = try JSONObject(parsing: Array(#"{"Volatile":true,"VOLATILE":false,"vol\u0061tile":true}"#.utf8))
        #expect(object.bool("Volatile") == true)
        #expect(object.members.map(\.key) == ["Volatile", "VOLATILE", "volatile"])
        #expect(object["volatil"] == nil)
    }

    @Test func valuesStayAsTheyStand() throws {
        let object = try JSONObject(parsing: Array(#"{ "a" : [ 1, "\u0041" ] , "b":1.50 , "c":"true" }"#.utf8))
        let texts = object.members.map { String(decoding: $0.value, as: UTF8.self) }
        #expect(texts == [#"[ 1, "\u0041" ]"#, "1.50", #""true""#])
        #expect(object.string("b") == nil)
        #expect(object.bool("b") == nil)
        #expect(object.bool("c") == nil)
        #expect(object.string("c") == "true")
    }

    @Test(arguments: [
        "", "plain", "\"\\/", "\u{0}\u{1F}\u{7F}\n\t", "é€𝄞\u{2028}", "<&>",
    ])
    func quotedTextReadsBack(text: String) throws {
        let object = try JSONObject(parsing: Array("{\"a\":\(jsonQuoted(text))}".utf8))
        #expect(object.string("a") == text)
    }

    @Test func quotesAsLittleAsItMust() {
        #expect(jsonQuoted("a\"b\\c/d\u{1}é\u{7F}") == "\"a\\\"b\\\\c/d\\u0001é\\u007f\"")
    }
}
