using System.Globalization;
using System.Text.Json;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Shared.Posture;

/// <summary>Reads the bytes of a table. Strict: an unknown field, a value of the wrong kind, a product that isn't in the table or a first fixed revision that falls is a mistake, and every mistake is named.</summary>
public sealed class PostureTableReader
{
    /// <summary>The one of the release has 13 KB.</summary>
    public const int LargestBytes = 256 * 1024;

    private const string ResourceName = "posture-table.json";
    private const int MostProducts = 100;
    private const int MostVulnerabilities = 300;
    private const int MostMistakes = 100;
    private const int HighestNumber = 999_999;

    /// <summary>Editors of Windows put these bytes before UTF-8.</summary>
    private const int ByteOrderMark = 3;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8 };

    private readonly TableFields _fields = new(MostMistakes);

    private PostureTableReader()
    {
    }

    /// <summary>Reads the form and the content; whether it lies in the future is the caller's question.</summary>
    internal static PostureTableReading Read(byte[] bytes)
    {
        var sha256 = PostureTable.Sha256Of(bytes);
        if (bytes.Length > LargestBytes)
        {
            return new(null, [string.Create(CultureInfo.InvariantCulture, $"the table has {bytes.Length:N0} bytes. Allowed: at most {LargestBytes:N0}")], sha256);
        }

        try
        {
            using var document = JsonDocument.Parse(bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsMemory(ByteOrderMark) : bytes, Strict);
            var reader = new PostureTableReader();
            var table = reader.ReadTable(document.RootElement, sha256);
            return new(reader._fields.Mistakes.Count > 0 ? null : table, reader._fields.Mistakes, sha256);
        }
        catch (JsonException exception)
        {
            return new(null, [$"the table is damaged: {JsonMistake.Describe(exception)}"], sha256);
        }
        catch (InvalidOperationException)
        {
            // Its form is JSON, but a name or a text in it holds half a character.
            return new(null, ["the table is damaged: it contains a text that isn't valid Unicode"], sha256);
        }
    }

    internal static PostureTableReading ReadEmbedded()
    {
        using var stream = typeof(PostureTableReader).Assembly.GetManifestResourceStream(ResourceName) ?? throw new InvalidOperationException($"The resource {ResourceName} is missing.");
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return Read(memory.ToArray());
    }

    private PostureTable? ReadTable(JsonElement root, string sha256)
    {
        if (!_fields.IsObject("the table", root, "asOf", "products", "vulnerabilities"))
        {
            return null;
        }

        var asOf = _fields.Day("asOf", root, "asOf");
        var products = _fields.List("products", root, "products", MostProducts).Select((item, index) => ReadProduct($"products[{index}]", item)).OfType<PostureProduct>().ToList();
        foreach (var twice in products.GroupBy(product => product.Id).Where(group => group.Count() > 1))
        {
            _fields.Wrong("products", twice.Key, "each id once");
        }

        foreach (var twice in products.GroupBy(product => (product.Kind, product.Number)).Where(group => group.Count() > 1))
        {
            _fields.Wrong("products", string.Join(", ", twice.Select(product => product.Id)), "each number of a kind once");
        }

        var windows = products.Where(product => product.Kind is ProductKind.Windows).Select(product => product.Id).ToHashSet();
        var vulnerabilities = _fields.List("vulnerabilities", root, "vulnerabilities", MostVulnerabilities)
            .Select((item, index) => ReadVulnerability($"vulnerabilities[{index}]", item, windows)).OfType<Vulnerability>().ToList();
        CheckOrder(vulnerabilities, asOf);
        return new PostureTable { AsOf = asOf, Sha256 = sha256, Products = products, Vulnerabilities = vulnerabilities };
    }

    private PostureProduct? ReadProduct(string path, JsonElement item)
    {
        if (!_fields.IsObject(path, item, "id", "kind", "name", "number", "ends", "extendedUntil", "hotpatchUpdates", "note", "source", "mark"))
        {
            return null;
        }

        var ends = _fields.Day($"{path}.ends", item, "ends");
        DateTimeOffset? extended = item.TryGetProperty("extendedUntil", out _) ? _fields.Day($"{path}.extendedUntil", item, "extendedUntil") : null;
        if (extended <= ends)
        {
            _fields.Wrong($"{path}.extendedUntil", item.GetProperty("extendedUntil").ToString(), "a day after \"ends\"");
        }

        return new PostureProduct
        {
            Id = _fields.Id($"{path}.id", item, "id"),
            Kind = ReadKind(path, item),
            Name = _fields.Text($"{path}.name", item, "name"),
            Number = _fields.Number($"{path}.number", item, "number", HighestNumber) ?? 0,
            Ends = ends,
            ExtendedUntil = extended,
            HotpatchUpdates = item.TryGetProperty("hotpatchUpdates", out _)
                ? [.. _fields.List($"{path}.hotpatchUpdates", item, "hotpatchUpdates", 50).Select((update, index) => _fields.Update($"{path}.hotpatchUpdates[{index}]", update))]
                : [],
            Note = _fields.OptionalText($"{path}.note", item, "note"),
            Source = _fields.Text($"{path}.source", item, "source"),
            Certainty = _fields.Mark($"{path}.mark", item, "mark"),
        };
    }

    private ProductKind ReadKind(string path, JsonElement item)
    {
        var text = _fields.Text($"{path}.kind", item, "kind");
        switch (text)
        {
            case "windows": return ProductKind.Windows;
            case "sqlServer": return ProductKind.SqlServer;
            case "configurationManager": return ProductKind.ConfigurationManager;
            case "": return ProductKind.Unknown;
            default:
                _fields.Wrong($"{path}.kind", text, "windows, sqlServer, configurationManager");
                return ProductKind.Unknown;
        }
    }

    private Vulnerability? ReadVulnerability(string path, JsonElement item, HashSet<string> windows)
    {
        if (!_fields.IsObject(path, item, "cve", "published", "kind", "allows", "score", "exploited", "remoteCode", "needsRole", "lowersRisk", "note", "mark", "source", "fixes"))
        {
            return null;
        }

        var certainty = _fields.Mark($"{path}.mark", item, "mark");
        var fixes = _fields.List($"{path}.fixes", item, "fixes", MostProducts).Select((fix, index) => ReadFix($"{path}.fixes[{index}]", fix, windows, certainty)).OfType<FirstFix>().ToList();
        foreach (var twice in fixes.GroupBy(fix => fix.ProductId).Where(group => group.Count() > 1))
        {
            _fields.Wrong($"{path}.fixes", twice.Key, "each product once");
        }

        if (fixes.Count == 0)
        {
            _fields.Wrong($"{path}.fixes", "no line", "at least one product");
        }

        return new Vulnerability
        {
            Cve = _fields.Cve($"{path}.cve", item, "cve"),
            Published = _fields.Day($"{path}.published", item, "published"),
            Kind = _fields.Text($"{path}.kind", item, "kind"),
            Allows = _fields.Text($"{path}.allows", item, "allows"),
            Score = _fields.Score($"{path}.score", item, "score"),
            IsExploited = _fields.Flag($"{path}.exploited", item, "exploited"),
            AllowsRemoteCode = _fields.Flag($"{path}.remoteCode", item, "remoteCode"),
            NeedsRole = _fields.Flag($"{path}.needsRole", item, "needsRole"),
            LowersRisk = _fields.OptionalText($"{path}.lowersRisk", item, "lowersRisk"),
            Note = _fields.OptionalText($"{path}.note", item, "note"),
            Source = _fields.Text($"{path}.source", item, "source"),
            Certainty = certainty,
            Fixes = fixes,
        };
    }

    private FirstFix? ReadFix(string path, JsonElement item, HashSet<string> windows, Certainty certainty)
    {
        if (!_fields.IsObject(path, item, "product", "revision", "partialFrom", "update", "updateMark", "mark"))
        {
            return null;
        }

        var product = _fields.Text($"{path}.product", item, "product");
        if (product.Length > 0 && !windows.Contains(product))
        {
            _fields.Wrong($"{path}.product", product, "the id of a product of the kind windows in this table");
        }

        var own = item.TryGetProperty("mark", out _) ? _fields.Mark($"{path}.mark", item, "mark") : certainty;
        var revision = item.TryGetProperty("revision", out _) ? _fields.Number($"{path}.revision", item, "revision", HighestNumber) : null;
        if (revision is null && own is not Certainty.Unknown && !item.TryGetProperty("revision", out _))
        {
            _fields.Missing($"{path}.revision", "the first fixed revision; without it the mark is \"?\"");
        }

        var partial = item.TryGetProperty("partialFrom", out _) ? _fields.Number($"{path}.partialFrom", item, "partialFrom", HighestNumber) : null;
        if (partial is { } from && (revision is not { } first || from >= first))
        {
            _fields.Wrong($"{path}.partialFrom", from.ToString(CultureInfo.InvariantCulture), "a number below \"revision\"");
        }

        return new FirstFix
        {
            ProductId = product,
            Revision = revision,
            PartialFrom = partial,
            Update = item.TryGetProperty("update", out var update) ? _fields.Update($"{path}.update", update) : "",
            UpdateCertainty = item.TryGetProperty("updateMark", out _) ? _fields.Mark($"{path}.updateMark", item, "updateMark") : Certainty.Sourced,
            Certainty = own,
        };
    }

    /// <summary>Updates of Windows contain what came before them: a later vulnerability can't be fixed by an earlier revision.</summary>
    private void CheckOrder(List<Vulnerability> vulnerabilities, DateTimeOffset asOf)
    {
        var highest = new Dictionary<string, (int Revision, string Cve)>();
        DateTimeOffset? before = null;
        foreach (var vulnerability in vulnerabilities)
        {
            if (vulnerability.Published < before)
            {
                _fields.Wrong(vulnerability.Cve, TableFields.Day(vulnerability.Published), "no day before that of the vulnerability above it");
            }

            if (vulnerability.Published > asOf)
            {
                _fields.Wrong(vulnerability.Cve, TableFields.Day(vulnerability.Published), "no day after asOf");
            }

            before = vulnerability.Published;
            foreach (var fix in vulnerability.Fixes.Where(fix => fix.Revision is not null))
            {
                if (highest.TryGetValue(fix.ProductId, out var last) && fix.Revision < last.Revision)
                {
                    _fields.Wrong($"{vulnerability.Cve}, {fix.ProductId}", $"{fix.Revision}", $"{last.Revision} and more, because {last.Cve} was published earlier");
                    continue;
                }

                highest[fix.ProductId] = (fix.Revision!.Value, vulnerability.Cve);
            }
        }

        foreach (var twice in vulnerabilities.Where(vulnerability => vulnerability.Cve.Length > 0).GroupBy(vulnerability => vulnerability.Cve).Where(group => group.Count() > 1))
        {
            _fields.Wrong("vulnerabilities", twice.Key, "each CVE once");
        }
    }
}
