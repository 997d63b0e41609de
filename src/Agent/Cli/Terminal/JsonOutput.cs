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

    public static Task WriteMessageAsync(CommandConsole console, IMessage message) => console.Out.WriteLineAsync(Contract.Format(message));

    public static Task WriteDocumentAsync<T>(CommandConsole console, T document) => console.Out.WriteLineAsync(JsonSerializer.Serialize(document, Own));
}
