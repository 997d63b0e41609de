using MudBlazor;

namespace WsusDashboard.Dashboard.Components.Theme;

/// <summary>
/// The one theme: the only place with colours, sizes of text and the bar's height; own styles use its variables. Text on its surface reaches at least 4.5 : 1 in both palettes, the state colours included, because
/// state words are written in them (a test computes it).
/// </summary>
internal static class DashboardTheme
{
    private static readonly string[] TextFamily = ["Segoe UI Variable Text", "Segoe UI", "system-ui", "Inter", "Noto Sans", "sans-serif"];

    public static MudTheme Light { get; } = Create(":root");

    public static MudTheme Dark { get; } = Create(":root[data-theme='dark']");

    public static PaletteLight LightPalette => new()
    {
        Primary = "#1d5bb8",
        PrimaryContrastText = "#ffffff",
        Secondary = "#4a5a70",
        SecondaryContrastText = "#ffffff",
        Info = "#1d5bb8",
        Success = "#1b7743",
        SuccessLighten = "#5aa87d",
        Warning = "#8a5700",
        WarningLighten = "#c07c12",
        Error = "#b3261e",
        ErrorLighten = "#c8382f",
        TextPrimary = "#1a222d",
        TextSecondary = "#51606f",
        TextDisabled = "#6b7885",
        ActionDefault = "#44515f",
        ActionDisabled = "#7d8995",
        ActionDisabledBackground = "#e6eaee",
        Background = "#f4f6f8",
        BackgroundGray = "#ebeff3",
        Surface = "#ffffff",
        AppbarBackground = "#ffffff",
        AppbarText = "#1a222d",
        DrawerBackground = "#ffffff",
        DrawerText = "#1a222d",
        LinesDefault = "#d8dfe6",
        LinesInputs = "#8793a0",
        TableLines = "#e4e9ee",
        TableHover = "#f0f4f9",
        TableStriped = "#f7f9fb",
        Divider = "#d8dfe6",
        DividerLight = "#e9edf1",
        Skeleton = "#e6ebf0",
        OverlayDark = "rgba(18,26,36,0.45)",
    };

    public static PaletteDark DarkPalette => new()
    {
        Primary = "#86b4f7",
        PrimaryContrastText = "#0c1a2e",
        Secondary = "#a9b8ca",
        SecondaryContrastText = "#10161d",
        Info = "#86b4f7",
        InfoContrastText = "#0c1a2e",
        Success = "#63c48d",
        SuccessLighten = "#4f9f74",
        SuccessContrastText = "#08170e",
        Warning = "#e2ac51",
        WarningLighten = "#dfa84c",
        WarningContrastText = "#1c1303",
        Error = "#ff8f85",
        ErrorLighten = "#f0786d",
        ErrorContrastText = "#2a0906",
        TextPrimary = "#e3e8ee",
        TextSecondary = "#a5b1be",
        TextDisabled = "#85919e",
        ActionDefault = "#b4bfca",
        ActionDisabled = "#6d7884",
        ActionDisabledBackground = "#252d36",
        Background = "#11161b",
        BackgroundGray = "#0d1115",
        Surface = "#191f26",
        AppbarBackground = "#191f26",
        AppbarText = "#e3e8ee",
        DrawerBackground = "#191f26",
        DrawerText = "#e3e8ee",
        LinesDefault = "#303944",
        LinesInputs = "#6a7684",
        TableLines = "#262e37",
        TableHover = "#1f2730",
        TableStriped = "#1c232a",
        Divider = "#303944",
        DividerLight = "#232a32",
        Skeleton = "#242c35",
        OverlayDark = "rgba(0,0,0,0.6)",
    };

    private static MudTheme Create(string scope) => new()
    {
        PseudoCss = new PseudoCss { Scope = scope },
        PaletteLight = LightPalette,
        PaletteDark = DarkPalette,
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px", AppbarHeight = "48px" },
        Typography = new Typography
        {
            H1 = new H1Typography { FontFamily = TextFamily, FontSize = "1.25rem", FontWeight = "600", LineHeight = "1.3", LetterSpacing = "normal" },
            H2 = new H2Typography { FontFamily = TextFamily, FontSize = "1rem", FontWeight = "600", LineHeight = "1.3", LetterSpacing = "normal" },
            H3 = new H3Typography { FontFamily = TextFamily, FontSize = "0.875rem", FontWeight = "600", LineHeight = "1.43", LetterSpacing = "normal" },
            Default = new DefaultTypography { FontFamily = TextFamily, FontSize = "0.875rem", LineHeight = "1.43", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = TextFamily, FontSize = "0.875rem", FontWeight = "500", LetterSpacing = "normal", TextTransform = "none" },
            Subtitle1 = new Subtitle1Typography { FontFamily = TextFamily, FontSize = "0.875rem", LineHeight = "1.43", LetterSpacing = "normal" },
            Caption = new CaptionTypography { FontFamily = TextFamily, FontSize = "0.78rem", LineHeight = "1.43", LetterSpacing = "normal" },
            Body1 = new Body1Typography { FontFamily = TextFamily, FontSize = "0.875rem", LineHeight = "1.43", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontFamily = TextFamily, FontSize = "0.875rem", LineHeight = "1.43", LetterSpacing = "normal" },
        },
    };
}
