namespace GoNoGo.Detection.Options;

/// <summary>What values an option takes.</summary>
public enum OptionKind
{
    /// <summary>One of a fixed list of words.</summary>
    Choice,

    /// <summary>A whole number in a range.</summary>
    Integer,

    /// <summary>A number in a range.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Switch,

    /// <summary>Text of a form of its own.</summary>
    Form,
}
