using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace WsusDashboard.Dashboard.Kernel.Options;

/// <summary>A secret of the options. Written into a log, a message or JSON it is masked by its type; only <see cref="Reveal"/> tells it.</summary>
[DebuggerDisplay("{ToString(),nq}")]
[TypeConverter(typeof(FromText))]
public sealed class Secret
{
    private readonly string _value;

    public Secret(string value) => _value = value;

    public static Secret Empty { get; } = new("");

    public bool IsEmpty => _value.Length == 0;

    /// <summary>The value, for the one place that needs it.</summary>
    public string Reveal() => _value;

    /// <summary>Empty for no secret, else a mask that tells nothing, not even the length.</summary>
    public override string ToString() => IsEmpty ? "" : "(secret)";

    /// <summary>For the configuration binder; there is no way back.</summary>
    private sealed class FromText : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

        public override bool CanConvertTo(ITypeDescriptorContext? context, Type? destinationType) => false;

        public override object ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) => new Secret((string)value);
    }
}
