using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf;

namespace WsusDashboard.Agent.Cli.Terminal;

/// <summary>One JSON document on standard output; messages of the contract read as they do over HTTP.</summary>
internal static class JsonOutput
{
    private static readonly JsonFormatter Contract = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithIndentation());

    private static readonly JsonSerializerOptions Own = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Task WriteMessageAsync(CommandConsole console, IMessage message) => WriteAsync(console, Contract.Format(message));

    public static Task WriteDocumentAsync<T>(CommandConsole console, T document) => WriteAsync(console, JsonSerializer.Serialize(document, Own));

    // Line by line: inside a text JSON has no ends of lines, so those that are there are the document's own.
    private static async Task WriteAsync(CommandConsole console, string document)
    {
        foreach (var line in document.ReplaceLineEndings("\n").Split('\n'))
        {
            await console.Out.WriteLineAsync(line);
        }
    }
}
