using System.CommandLine;
using WsusDashboard.Agent.Cli.Connection;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules;

namespace WsusDashboard.Agent.Cli;

/// <summary>explain: says what an error number means. It needs neither an agent nor its files.</summary>
internal static class ExplainCommand
{
    /// <summary>A line of a log is longer than any number; beyond that it's a mistake.</summary>
    private const int LongestCode = 1000;

    public static Command Create(CommandConsole console)
    {
        var code = new Argument<string[]>("code") { Description = "An error number in any form (0x80244022, -2145107934, 503, 403.4, \"SQL 18456\"), an error's name, or a line of a log.", Arity = ArgumentArity.OneOrMore };
        var json = CommonOptions.CreateJson();
        var command = new Command("explain", "Says what an error number means and what usually causes it. Exit code 0, or 1 if it isn't known.") { code, json };
        command.SetAction((parsed, _) => RunAsync(console, string.Join(' ', parsed.GetValue(code)!), parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(CommandConsole console, string code, bool isJson)
    {
        var explained = code.Length <= LongestCode ? ErrorCauses.Explain(code) : [];
        if (isJson)
        {
            await JsonOutput.WriteDocumentAsync(console, explained);
        }
        else
        {
            foreach (var item in explained)
            {
                await WriteAsync(console.Out, item);
            }
        }

        if (explained.Count == 0)
        {
            await console.Error.WriteLineAsync($"\"{(code.Length <= LongestCode ? code : code[..LongestCode])}\" has no error number. Allowed: hexadecimal (0x80244022), decimal (-2145107934), an HTTP or IIS status (503, 403.4), \"SQL 18456\", \"SQLSTATE 08001\", or an error's name (WU_E_PT_HTTP_STATUS_DENIED).");
        }

        return explained.Any(item => item.Error.IsKnown) ? ExitCodes.Good : ExitCodes.Bad;
    }

    private static async Task WriteAsync(TextWriter output, ExplainedError item)
    {
        var error = item.Error;
        await output.WriteLineAsync($"{error.Number}  {error.Words}");
        var family = ErrorFamilies.NameOf(error.Family);
        foreach (var (label, text) in new[]
        {
            ("Name", error.Symbol),
            ("Also written", string.Join(", ", error.Forms)),
            ("Family", family),
            ("Usually caused by", string.Join("; ", item.Causes.Select(cause => cause.Name))),
            ("Source", error.Source),
        })
        {
            if (text.Length > 0)
            {
                await output.WriteLineAsync($"  {label + ":",-19}{text}");
            }
        }
    }
}
