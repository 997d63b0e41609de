using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>A passkey as a phone has one: a P-256 key, whose counter stays 0 because it is copied to other devices (WebAuthn Level 3, sections 6.1 and 6.5).</summary>
internal sealed class SoftwarePasskey : IDisposable
{
    private const byte PresentAndVerified = 0x05;
    private const byte WithKey = 0x40;

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _id = RandomNumberGenerator.GetBytes(32);
    private string _userHandle = "";

    public void Dispose() => _key.Dispose();

    /// <summary>Answers a question for a new passkey.</summary>
    public string Create(string options, string origin)
    {
        var question = JsonNode.Parse(options)!;
        _userHandle = question["user"]!["id"]!.GetValue<string>();
        var parameters = _key.ExportParameters(includePrivateParameters: false);

        // COSE (RFC 9052): kty EC2, alg ES256, crv P-256, x, y.
        byte[] cose = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. parameters.Q.X!, 0x22, 0x58, 0x20, .. parameters.Q.Y!];
        var length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)_id.Length);
        byte[] data = [.. Header(question["rp"]!["id"]!.GetValue<string>(), PresentAndVerified | WithKey), .. new byte[16], .. length, .. _id, .. cose];

        // CBOR: { "fmt": "none", "attStmt": {}, "authData": bytes }.
        byte[] attestation = [0xA3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xA0, 0x68, .. "authData"u8, 0x58, (byte)data.Length, .. data];
        return Credential(new JsonObject
        {
            ["clientDataJSON"] = Encode(ClientData("webauthn.create", question, origin)),
            ["attestationObject"] = Encode(attestation),
            ["transports"] = new JsonArray((JsonNode)"internal"),
        });
    }

    /// <summary>Answers a question for this passkey.</summary>
    public string Answer(string options, string origin, string type = "webauthn.get")
    {
        var question = JsonNode.Parse(options)!;
        var clientData = ClientData(type, question, origin);
        var data = Header(question["rpId"]!.GetValue<string>(), PresentAndVerified);
        return Credential(new JsonObject
        {
            ["clientDataJSON"] = Encode(clientData),
            ["authenticatorData"] = Encode(data),
            ["signature"] = Encode(_key.SignData([.. data, .. SHA256.HashData(clientData)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
            ["userHandle"] = _userHandle,
        });
    }

    private static byte[] Header(string relyingParty, byte flags) => [.. SHA256.HashData(Encoding.UTF8.GetBytes(relyingParty)), flags, 0, 0, 0, 0];

    private static byte[] ClientData(string type, JsonNode question, string origin) =>
        JsonSerializer.SerializeToUtf8Bytes(new { type, challenge = question["challenge"]!.GetValue<string>(), origin, crossOrigin = false });

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    private string Credential(JsonObject response) => new JsonObject
    {
        ["id"] = Encode(_id),
        ["rawId"] = Encode(_id),
        ["type"] = "public-key",
        ["clientExtensionResults"] = new JsonObject(),
        ["response"] = response,
    }.ToJsonString();
}
