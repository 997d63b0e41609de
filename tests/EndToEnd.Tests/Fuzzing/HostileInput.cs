using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace WsusDashboard.EndToEnd.Tests.Fuzzing;

/// <summary>Request bodies, path segments and query values that nobody sends by mistake. What is made follows from the seed alone.</summary>
internal sealed class HostileInput(int seed)
{
    private const int LargeBody = 300_000;

    // The field names of both APIs: a body that names none of them is refused at its first field, and nothing behind is reached.
    private static readonly string[] Fields =
    [
        "name", "address", "site", "baseline", "baselineId", "playbook", "playbookId", "reason", "ticket", "fingerprint", "idempotencyKey", "planFingerprint", "serverId", "id", "verb", "pool",
        "service", "since", "pageSize", "pageToken", "page", "from", "to", "code", "pairingCode", "proof", "nonce", "token", "hub", "person", "context", "issuedAt", "expiresAt", "email", "password",
        "role", "sites", "scope", "expires", "uses", "maxLines", "follow", "tags", "publicKey", "signature",
    ];

    private static readonly string[] Texts =
    [
        "", " ", "full-repair", "guide", "WsusPool", "SMS_EXECUTIVE", "BRN-WSUS02", "http://127.0.0.1:1", "https://[::1]:5101/x", "../../etc/passwd", "..%2f..%2fweb.config", "C:\\Windows\\win.ini", "%00", "a\0b",
        "' OR 1=1 --", "\"; DROP TABLE Servers; --", "<script>alert(1)</script>", "${jndi:ldap://x}", "{{7*7}}", "%s%n%x", "\u202Egnp.exe", "\uD800", "İıſK", "9999999999999999999999", "-1", "NaN", "1e999",
        "2026-13-45T99:99:99Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "00000000-0000-0000-0000-000000000000", "null", "true", "CON", "wsyncmgr", "wsyncmgr.log/../../x", "\r\nSet-Cookie: a=b",
    ];

    private readonly Random _random = new(seed);

    public int Next(int limit) => _random.Next(limit);

    /// <summary>A value for one segment of a path, encoded for it.</summary>
    public string Segment(IReadOnlyList<string> known) => _random.Next(3) switch
    {
        0 when known.Count > 0 => known[_random.Next(known.Count)],
        1 => _random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture),
        _ => Uri.EscapeDataString(WithoutHalfCharacters(Text())),
    };

    /// <summary>"" or a query string.</summary>
    public string Query()
    {
        if (_random.Next(3) > 0)
        {
            return "";
        }

        var pairs = Enumerable.Range(0, _random.Next(1, 5)).Select(_ => $"{Field()}={Uri.EscapeDataString(WithoutHalfCharacters(Text()))}");
        return "?" + string.Join('&', pairs);
    }

    /// <summary>A body that claims to be JSON.</summary>
    public byte[] Json()
    {
        switch (_random.Next(13))
        {
            case 0:
                return Bytes(_random.Next(200));
            case 1:
                return Encoding.UTF8.GetBytes(new string('[', _random.Next(1, 5_000)));
            case 2:
                return Encoding.UTF8.GetBytes($"{{\"{Field()}\":{new string('9', _random.Next(1, 400))}}}");
            case 3 when _random.Next(200) == 0:
                return Encoding.UTF8.GetBytes($"{{\"{Field()}\":\"{new string('x', LargeBody)}\"}}");
            case 4:
                var whole = Encoding.UTF8.GetBytes(Node(3).ToJsonString());
                return whole[.._random.Next(whole.Length)];
            case 6:
                // Half a character, escaped: right JSON whose text is none.
                return Encoding.UTF8.GetBytes(_random.Next(2) == 0 ? $"{{\"{Field()}\":\"\\uD8{_random.Next(16, 100)}\"}}" : $"{{\"\\uDC{_random.Next(16, 100)}\":1,\"{Field()}\":[\"\\uD800\"]}}");
            case 5:
                return Flip(Encoding.UTF8.GetBytes(Node(3).ToJsonString()));
            default:
                return Encoding.UTF8.GetBytes(Node(3).ToJsonString());
        }
    }

    /// <summary>A body that claims to be one message of gRPC: its flag, its length, its bytes.</summary>
    public byte[] GrpcFrame()
    {
        var message = _random.Next(4) == 0 ? Bytes(_random.Next(300)) : Message(depth: 3);
        var frame = new byte[message.Length + 5];
        frame[0] = (byte)(_random.Next(20) == 0 ? _random.Next(256) : 0);
        var length = _random.Next(15) == 0 ? (uint)_random.NextInt64(uint.MaxValue) : (uint)message.Length;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), length);
        message.CopyTo(frame, 5);
        return _random.Next(15) == 0 ? frame[.._random.Next(frame.Length)] : frame;
    }

    private byte[] Message(int depth)
    {
        using var stream = new MemoryStream();
        for (var field = _random.Next(6); field > 0; field--)
        {
            WriteField(stream, depth);
        }

        return stream.ToArray();
    }

    private void WriteField(MemoryStream stream, int depth)
    {
        var number = (ulong)_random.Next(1, 20);
        switch (_random.Next(5))
        {
            case 0:
                WriteNumber(stream, number << 3);
                WriteNumber(stream, (ulong)_random.NextInt64(long.MinValue, long.MaxValue));
                break;
            case 1:
                WriteNumber(stream, (number << 3) | 5);
                stream.Write(Bytes(4));
                break;
            case 2 when depth > 0:
                WriteBytes(stream, number, Message(depth - 1));
                break;
            case 3:
                // Any wire type, also those that do not exist.
                WriteNumber(stream, (number << 3) | (uint)_random.Next(8));
                stream.Write(Bytes(_random.Next(9)));
                break;
            default:
                WriteBytes(stream, number, Encoding.UTF8.GetBytes(Text()));
                break;
        }
    }

    private static void WriteBytes(MemoryStream stream, ulong number, byte[] bytes)
    {
        WriteNumber(stream, (number << 3) | 2);
        WriteNumber(stream, (ulong)bytes.Length);
        stream.Write(bytes);
    }

    private static void WriteNumber(MemoryStream stream, ulong number)
    {
        for (; number >= 0x80; number >>= 7)
        {
            stream.WriteByte((byte)(number | 0x80));
        }

        stream.WriteByte((byte)number);
    }

    private JsonObject Node(int depth)
    {
        var node = new JsonObject();
        for (var field = _random.Next(7); field > 0; field--)
        {
            node[Field()] = Value(depth);
        }

        return node;
    }

    private JsonNode? Value(int depth) => _random.Next(9) switch
    {
        0 => null,
        1 => _random.Next(2) == 0,
        2 => _random.NextInt64(long.MinValue, long.MaxValue),
        3 => _random.NextDouble() * double.MaxValue,
        4 when depth > 0 => Node(depth - 1),
        5 when depth > 0 => new JsonArray([.. Enumerable.Range(0, _random.Next(5)).Select(_ => Value(depth - 1))]),
        _ => WithoutHalfCharacters(Text()),
    };

    private string Text() => _random.Next(4) switch
    {
        0 => Encoding.Latin1.GetString(Bytes(_random.Next(40))),
        1 when _random.Next(20) == 0 => new string('A', _random.Next(3_000)),
        _ => Texts[_random.Next(Texts.Length)],
    };

    private string Field() => Fields[_random.Next(Fields.Length)];

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Flip(byte[] bytes)
    {
        for (var flips = _random.Next(1, 5); flips > 0 && bytes.Length > 0; flips--)
        {
            bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
        }

        return bytes;
    }

    // Half a surrogate pair can be sent as bytes only, not as text of a client.
    private static string WithoutHalfCharacters(string text) => string.Concat(text.Where(character => !char.IsSurrogate(character)));
}
