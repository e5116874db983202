using GoNoGo.Vision.Imaging;

namespace GoNoGo.Vision.Datasets;

/// <summary>One picture of a data set with what is known about it. Decoding happens when asked for, not on listing.</summary>
public abstract class DatasetItem
{
    /// <summary>The <see cref="DefectKind"/> of a good part.</summary>
    public const string GoodKind = "good";

    /// <summary>The path relative to the data root with <c>/</c>: the picture's name everywhere, and the sort key (ordinal).</summary>
    public abstract string RelativePath { get; }

    /// <summary>Whether the picture shows a defective part.</summary>
    public abstract bool IsDefective { get; }

    /// <summary>The kind of defect (<c>scratch</c>, <c>broken_large</c>, ...); <c>good</c> for a good part.</summary>
    public abstract string DefectKind { get; }

    /// <summary>Whether a ground-truth mask exists for this picture.</summary>
    public abstract bool HasMask { get; }

    /// <summary>The mask's path relative to the data root with <c>/</c>; null where there is none, or none in a file of its own.</summary>
    public virtual string? MaskPath => null;

    /// <summary>The picture's file; null where it is a part of a larger file.</summary>
    public virtual string? FilePath => null;

    /// <summary>Reads the picture's size, channels and depth without decoding its pixels.</summary>
    /// <exception cref="ImageFormatException">The file is no picture or its header is damaged; the message names the file.</exception>
    public abstract PictureFormat Identify();

    /// <summary>Decodes the picture.</summary>
    /// <exception cref="ImageFormatException">The file is no picture, damaged or cut off; the message names the file.</exception>
    public abstract Image LoadImage();

    /// <summary>Decodes the picture with limits or a scale of the caller's; an item without a file of its own has no use for them.</summary>
    /// <param name="options">How to decode.</param>
    /// <exception cref="ImageFormatException">As <see cref="LoadImage()"/>.</exception>
    public virtual Image LoadImage(ImageDecoderOptions options) => LoadImage();

    /// <summary>Decodes the ground-truth mask: one channel, any non-zero sample is defect. Null where there is none.</summary>
    /// <exception cref="DatasetException">The mask has another size than the picture.</exception>
    /// <exception cref="ImageFormatException">The mask file is damaged; the message names the file.</exception>
    public abstract Image? LoadMask();
}
