using System.Globalization;

namespace WsusDashboard.Iis.Emulation.Schema;

/// <summary>"uint" (read as long, like the package) or "int" (read as int), with the range of the schema where it has one.</summary>
internal sealed class IntegerRule : ValueRule
{
    private readonly bool _signed;
    private readonly bool _hasRange;
    private readonly long _minimum;
    private readonly long _maximum;

    private IntegerRule(bool signed, long? minimum, long? maximum)
    {
        _signed = signed;
        _hasRange = minimum is not null;
        _minimum = minimum ?? (signed ? int.MinValue : uint.MinValue);
        _maximum = maximum ?? (signed ? int.MaxValue : uint.MaxValue);
    }

    public override string TypeName => _signed ? "int" : "uint";

    public override string ValidationType => _hasRange ? "integerRange" : "";

    public override string ValidationParameter => _hasRange ? FormattableString.Invariant($"{_minimum},{_maximum}") : "";

    public override string Allowed => FormattableString.Invariant($"an integer from {_minimum} to {_maximum}");

    public static IntegerRule Unsigned(long? minimum = null, long? maximum = null) => new(signed: false, minimum, maximum);

    public static IntegerRule Signed(long? minimum = null, long? maximum = null) => new(signed: true, minimum, maximum);

    public override object? Parse(string text)
    {
        var isHexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var isNumber = isHexadecimal
            ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number)
            : long.TryParse(text, _signed ? NumberStyles.AllowLeadingSign : NumberStyles.None, CultureInfo.InvariantCulture, out number);
        return isNumber ? Accept(number) : null;
    }

    public override object? Accept(object value) => value switch
    {
        // The package gives an "int" as int and an "uint" as long.
        long number when _signed && IsInRange(number) => (int)number,
        long number when IsInRange(number) => number,
        int number => Accept((long)number),
        uint number => Accept((long)number),
        string text => Parse(text),
        _ => null,
    };

    public override string Format(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private bool IsInRange(long number) => number >= _minimum && number <= _maximum;
}
