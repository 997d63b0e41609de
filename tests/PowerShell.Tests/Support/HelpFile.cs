using System.Management.Automation;
using System.Xml.Linq;

namespace WsusDashboard.PowerShell.Tests.Support;

/// <summary>The help of the module, as PowerShell reads it (MAML), made of the documentation in the source, so there is one text of each thing.</summary>
internal static class HelpFile
{
    private static readonly XNamespace Help = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>What PowerShell itself adds to a command that changes something, or lists.</summary>
    private static readonly Dictionary<string, string> AddedParameters = new(StringComparer.Ordinal)
    {
        ["Confirm"] = "Asks before anything is changed; -Confirm:$false never asks.",
        ["First"] = "Writes at most this many.",
        ["IncludeTotalCount"] = "Writes how many there are before the first one; 0 if names have wildcards, because it isn't known then.",
        ["Skip"] = "Leaves out this many at the beginning.",
        ["WhatIf"] = "Says what would be changed, and changes nothing.",
    };

    /// <param name="commands">The module's commands.</param>
    /// <param name="documentation">What the compiler wrote beside the assembly.</param>
    public static string Write(IEnumerable<CmdletInfo> commands, XDocument documentation)
    {
        var members = documentation.Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
        var file = new XElement(Help + "helpItems", new XAttribute("schema", "maml"), commands.OrderBy(command => command.Name, StringComparer.Ordinal).Select(command => CommandOf(command, members)));
        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{file.ToString().ReplaceLineEndings("\n")}\n";
    }

    /// <summary>All parameters but those that every command has: PowerShell documents these itself.</summary>
    public static IEnumerable<ParameterMetadata> ParametersOf(CmdletInfo command) => command.Parameters.Values.Where(parameter => !Cmdlet.CommonParameters.Contains(parameter.Name));

    private static XElement CommandOf(CmdletInfo command, Dictionary<string, XElement> members)
    {
        var type = members[$"T:{command.ImplementingType.FullName}"];
        return new(
            Command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Maml),
            new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(Command + "details", new XElement(Command + "name", command.Name), Description(TextOf(type, "summary")), new XElement(Command + "verb", command.Verb), new XElement(Command + "noun", command.Noun)),
            new XElement(Maml + "description", Para(TextOf(type, "remarks"))),
            new XElement(Command + "syntax", command.ParameterSets.Select(set => new XElement(
                Command + "syntaxItem",
                new XElement(Maml + "name", command.Name),
                set.Parameters.Where(parameter => !Cmdlet.CommonParameters.Contains(parameter.Name)).Select(parameter => ParameterOf(command, parameter, members))))),
            new XElement(Command + "parameters", ParametersOf(command).OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
                .Select(own => ParameterOf(command, command.ParameterSets.SelectMany(set => set.Parameters).First(parameter => parameter.Name == own.Name), members))),
            new XElement(Command + "returnValues", command.OutputType.Select(output => new XElement(Command + "returnValue", new XElement(Dev + "type", new XElement(Maml + "name", output.Type.FullName))))),
            new XElement(Command + "examples", type.Elements("example").Select((example, index) => new XElement(
                Command + "example",
                new XElement(Maml + "title", $"Example {index + 1}"),
                new XElement(Dev + "code", TextOf(example, "code")),
                new XElement(Dev + "remarks", Para(TextOf(example, "para")))))));
    }

    private static XElement ParameterOf(CmdletInfo command, CommandParameterInfo parameter, Dictionary<string, XElement> members)
    {
        var pipeline = (parameter.ValueFromPipeline, parameter.ValueFromPipelineByPropertyName) switch
        {
            (true, true) => "True (ByValue, ByPropertyName)",
            (true, false) => "True (ByValue)",
            (false, true) => "True (ByPropertyName)",
            _ => "False",
        };
        var property = command.ImplementingType.GetProperty(parameter.Name);
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        return new(
            Command + "parameter",
            new XAttribute("required", parameter.IsMandatory ? "true" : "false"),
            new XAttribute("globbing", property?.IsDefined(typeof(SupportsWildcardsAttribute), false) == true ? "true" : "false"),
            new XAttribute("pipelineInput", pipeline),
            new XAttribute("position", parameter.Position < 0 ? "named" : $"{parameter.Position}"),
            new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
            new XElement(Maml + "name", parameter.Name),
            Description(property is null ? AddedParameters[parameter.Name] : TextOf(members[$"P:{property.DeclaringType!.FullName}.{property.Name}"], "summary")),
            type == typeof(SwitchParameter) ? null : new XElement(Command + "parameterValue", new XAttribute("required", "true"), type.Name),
            new XElement(Dev + "type", new XElement(Maml + "name", type.Name)));
    }

    private static XElement Description(string text) => new(Maml + "description", Para(text));

    private static XElement Para(string text) => new(Maml + "para", text);

    /// <summary>In one line; what isn't documented is an error here.</summary>
    private static string TextOf(XElement member, string element) => member.Element(element) is { } found
        ? string.Join(' ', found.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        : throw new InvalidOperationException($"{member.Attribute("name")?.Value ?? member.Name.LocalName} has no {element}.");
}
