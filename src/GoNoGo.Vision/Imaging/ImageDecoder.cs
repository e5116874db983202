using System.Buffers;
using GoNoGo.Vision.Imaging.Bmp;
using GoNoGo.Vision.Imaging.Jpeg;
using GoNoGo.Vision.Imaging.Png;
using GoNoGo.Vision.Imaging.Pnm;
using GoNoGo.Vision.Imaging.Tiff;
using Microsoft.Win32.SafeHandles;

namespace GoNoGo.Vision.Imaging;

/// <summary>
/// Reads pictures of every supported kind, recognised by their content (never by the file's name): PNG, JPEG, TIFF, BMP, PNM. Gray stays
/// one channel, a palette becomes RGB (gray where all its colours are gray), 16 bits stay 16 bits, 32-bit floats stay floats.
/// </summary>
/// <remarks>
/// Nothing is allocated on the word of a header: a picture must fit <see cref="ImageDecoderOptions.MaxPixels"/> and the file
/// must be long enough to hold it. Every refusal is an <see cref="ImageFormatException"/>.
/// </remarks>
public static class ImageDecoder
{
    private const int HeaderBytes = 1 << 16;

    /// <summary>Decodes the picture in the file <paramref name="path"/>.</summary>
    /// <exception cref="ImageFormatException">Not a picture, damaged, cut off, too large or of a kind that is not supported; the message begins with the path.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static Image Load(string path, ImageDecoderOptions? options = null)
    {
        byte[] content = ReadFile(path, long.MaxValue, out int length);
        try
        {
            return Decode(content.AsSpan(0, length), options);
        }
        catch (ImageFormatException exception)
        {
            throw Named(path, exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    /// <summary>Decodes a picture from memory.</summary>
    /// <exception cref="ImageFormatException">Not a picture, damaged, cut off, too large or of a kind that is not supported.</exception>
    public static Image Decode(ReadOnlySpan<byte> content, ImageDecoderOptions? options = null)
    {
        options ??= ImageDecoderOptions.Default;
        return ImageSignature.Recognise(content) switch
        {
            ImageKind.Png => PngDecoder.Decode(content, options),
            ImageKind.Bmp => BmpDecoder.Decode(content, options),
            ImageKind.Jpeg => JpegDecoder.Decode(content, options),
            ImageKind.Tiff => TiffDecoder.Decode(content, options),
            _ => PnmDecoder.Decode(content, options),
        };
    }

    /// <summary>Decodes a picture from a stream, which is read from its position to its end.</summary>
    /// <exception cref="ImageFormatException">Not a picture, damaged, cut off, too large or of a kind that is not supported.</exception>
    public static Image Decode(Stream stream, ImageDecoderOptions? options = null)
    {
        byte[] content = ArrayPool<byte>.Shared.Rent(HeaderBytes);
        try
        {
            int length = 0;
            int read;
            while ((read = stream.Read(content, length, content.Length - length)) > 0)
            {
                length += read;
                if (length == content.Length)
                {
                    if (length > Array.MaxLength / 2)
                    {
                        throw new ImageFormatException($"the stream holds more than {Array.MaxLength / 2} bytes, which is more than this reader takes; store the picture in a file.");
                    }

                    byte[] larger = ArrayPool<byte>.Shared.Rent(2 * length);
                    content.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(content);
                    content = larger;
                }
            }

            return Decode(content.AsSpan(0, length), options);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    /// <summary>Reads what the header of the file <paramref name="path"/> says, without decoding the pixels.</summary>
    /// <exception cref="ImageFormatException">Not a picture, a damaged header, or a kind that is not supported; the message begins with the path.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImageInfo Identify(string path, ImageDecoderOptions? options = null)
    {
        byte[] content = ReadFile(path, HeaderBytes, out int length);
        try
        {
            if (ImageSignature.Recognise(content.AsSpan(0, length)) == ImageKind.Tiff)
            {
                using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
                return TiffDecoder.Identify(handle, options ?? ImageDecoderOptions.Default);
            }

            try
            {
                return Identify(content.AsSpan(0, length), options);
            }
            catch (ImageFormatException) when (length == HeaderBytes)
            {
                // Large ancillary chunks or comments can push the end of a header beyond the first block.
                ArrayPool<byte>.Shared.Return(content);
                content = [];
                content = ReadFile(path, long.MaxValue, out length);
                return Identify(content.AsSpan(0, length), options);
            }
        }
        catch (ImageFormatException exception)
        {
            throw Named(path, exception);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(content);
        }
    }

    /// <summary>
    /// Reads what the header of a picture in memory says; the beginning of the file, up to its pixels, is enough, except for TIFF,
    /// whose header may lie anywhere.
    /// </summary>
    /// <exception cref="ImageFormatException">Not a picture, a damaged header, or a kind that is not supported.</exception>
    public static ImageInfo Identify(ReadOnlySpan<byte> content, ImageDecoderOptions? options = null)
    {
        options ??= ImageDecoderOptions.Default;
        return ImageSignature.Recognise(content) switch
        {
            ImageKind.Png => PngDecoder.Identify(content, options),
            ImageKind.Bmp => BmpDecoder.Identify(content, options),
            ImageKind.Jpeg => JpegDecoder.Identify(content, options),
            ImageKind.Tiff => TiffDecoder.Identify(content, options),
            _ => PnmDecoder.Identify(content, options),
        };
    }

    private static ImageFormatException Named(string path, ImageFormatException exception) => new($"{path}: {exception.Message}", exception);

    private static byte[] ReadFile(string path, long most, out int length)
    {
        using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        long wanted = Math.Min(RandomAccess.GetLength(handle), most);
        if (wanted > Array.MaxLength)
        {
            throw new ImageFormatException($"{path}: the file has {wanted} bytes, more than the {Array.MaxLength} that this reader takes; split or convert the picture.");
        }

        byte[] content = ArrayPool<byte>.Shared.Rent((int)Math.Max(wanted, 1));
        length = 0;
        try
        {
            while (length < wanted)
            {
                int read = RandomAccess.Read(handle, content.AsSpan(length, (int)wanted - length), length);
                if (read == 0)
                {
                    break;
                }

                length += read;
            }

            return content;
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(content);
            throw;
        }
    }
}
